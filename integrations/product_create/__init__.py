"""The guided page "Yeni Ürün Ekle": from a model code to a product on the marketplace, a draft until it is sent."""
