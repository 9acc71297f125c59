"""The two lists of reasons (contract section 9.4); the same number means different things in them."""

CUSTOMER_REASONS = {
    251: ("Modelini beğenmedim", "DISLIKE"),
    301: ("Kusurlu ürün gönderildi", "DEFECTIVE"),
    351: ("Yanlış ürün gönderildi", "WRONGITEM"),
    401: ("Vazgeçtim", "ABANDON"),
    451: ("Diğer", "OTHER"),
    501: ("Bedeni küçük geldi", "SMALLSIZE"),
    551: ("Bedeni büyük geldi", "BIGSIZE"),
    651: ("Ürün açıklamaya uygun değil", "NOTASDESCRIBED"),
    701: ("Yanlış sipariş verdim", "WRONGORDER"),
    1651: ("Kalitesini beğenmedim", "QUALITY"),
    2030: ("Daha iyi fiyat buldum", "BETTERPRICE"),
}
REJECTED_REASON = (2003, "Kullanılmış Ürün Sebepli Red", "USED")
"""What Trendyol writes as its own reason on a unit it refused (samples/claims_page.json)."""

CLAIM_ISSUE_REASONS = (
    (1, "İade gelen ürün sahte"),
    (51, "Ürün olağan dışı kullanılmış ve/veya müşteri kaynaklı hasar görmüş"),
    (101, "Fazla ürün"),
    (151, "İade edilen ürünün parçası / aksesuarı eksik"),
    (201, "Satılan üründen tamamen farklı bir ürün (yanlış) iade edildi"),
    (301, "Ürün bana ait değil"),
    (351, "İade paketi boş geldi"),
    (401, "İade edilen ürün veya adedi eksik"),
    (451, "Ürünü analize alacağım"),
    (1651, "İade paketi tarafıma teslim edilmedi"),
    (1951, "Kurumsal iade faturası iletilmedi veya hatalı"),
    (2051, "Ürünün koruyucu ambalajı (hijyen bandı, mühür, paket) açılmış"),
    (2077, "Kişiselleştirilmiş ürün"),
    (2078, "Ürün kusurlu değil, müşteri memnuniyeti için kabul"),
    (2079, "Doğru ve sağlam ürün gönderdim"),
    (2101, "Sipariş sorusundan gelen değişim talebi"),
)
ANALYSIS, NOT_DELIVERED, GOODWILL, EXCHANGE = 451, 1651, 2078, 2101
WITHOUT_FILE = frozenset({ANALYSIS, NOT_DELIVERED, EXCHANGE})
REMOVED_REASONS = frozenset({251, 1701, 1751, 2201, 2001, 2151})
"""Gone since 8 Oct 2026; using one is an error."""
