"""Brands, categories, attributes and their values (contract sections 8.1 to 8.3)."""

from .attributes import AttributeRule, attribute_of, attributes_of
from .brands import all_brands, brand_id, is_static
from .categories import ROOTS, Category, by_id
from .entities import Json
from .errors import Refusal, product_refused
from .multipart import Form
from .query import Query
from .state import State

MAX_BRANDS, MAX_VALUES = 2000, 1000
_LEAST_BRANDS = 1000


class Lookups:
    """What a seller has to know before creating a product."""

    def __init__(self, state: State) -> None:
        self._state = state

    # -- brands -------------------------------------------------------------------------------------

    def brands(self, query: Query) -> Json:
        """One page without totals, at least a thousand brands long."""
        size = max(query.page_size(default=_LEAST_BRANDS, maximum=MAX_BRANDS), _LEAST_BRANDS)
        page = query.page()
        if "brands_from_one" in self._state.config.quirks:
            page = max(page - 1, 0)
        with self._state.transaction():
            found = all_brands(self._state.brands)[page * size : (page + 1) * size]
        return {"brands": [brand.payload() for brand in found]}

    def brands_by_name(self, query: Query) -> list[Json]:
        """Brands that begin with the name, in exactly those letters."""
        name = query.text("name")
        if not name:
            raise query.refuse("name zorunludur", key="query.name.required")
        with self._state.transaction():
            return [x.payload() for x in all_brands(self._state.brands) if x.name.startswith(name)]

    def create_brand(self, form: Form, *, storefront: str) -> Json:
        """Raises Refusal 400 without storefront, name or one to three images, or for a known name."""
        if storefront != "TR":
            raise product_refused("storeFrontCode geçersiz", key="invalid.storefrontcode")
        name, images = form.text("name"), [upload for upload in form.files if upload.content]
        if not name:
            raise product_refused("name zorunludur", key="brand.name.required")
        if not 1 <= len(images) <= 3:
            raise product_refused("1 ile 3 arasında görsel gönderilmelidir", key="brand.images.count")
        with self._state.transaction():
            if is_static(name) or name in self._state.brands:
                raise product_refused("Marka zaten mevcut", key="brand.already.exists")
            self._state.add_brand(name)
        return {"brandId": brand_id(name)}

    # -- categories ---------------------------------------------------------------------------------

    def category_tree(self, query: Query) -> Json | list[Json]:
        """The whole tree, or the nodes whose name contains `name`."""
        name = query.text("name")
        found = [x for x in by_id().values() if name in x.name] if name else ROOTS
        categories = [category.payload() for category in found]
        bare = "bare_category_tree" in self._state.config.quirks
        return categories if bare else {"categories": categories}

    def attributes(self, category_id: str) -> Json:
        """Without values; a category that has children has no attributes."""
        category = _category(category_id)
        return {
            "id": category.category_id,
            "name": category.name,
            "displayName": category.name,
            "categoryAttributes": [
                _attribute(rule, category.category_id) for rule in attributes_of(category.category_id)
            ],
        }

    def values(self, category_id: str, attribute_id: str, query: Query) -> Json:
        """One page of an attribute's values; the default size is short on purpose."""
        category = _category(category_id)
        rule = attribute_of(category.category_id, int(attribute_id)) if attribute_id.isdecimal() else None
        if rule is None:
            raise _unknown("Özellik bulunamadı", key="attribute.not.found")
        config = self._state.config
        size = query.page_size(default=config.attribute_values_size, maximum=MAX_VALUES)
        page = query.page()
        if page > MAX_VALUES:
            raise query.refuse("page en fazla 1000 olabilir", key="query.page.invalid")
        text = "attributeValueName" if "attribute_value_names" in config.quirks else "attributeValue"
        return {
            "totalElements": len(rule.values),
            "totalPages": -(-len(rule.values) // size),
            "page": page,
            "size": size,
            "content": [
                {"attributeValueId": number, text: value}
                for number, value in rule.values[page * size : (page + 1) * size]
            ],
        }


def _category(category_id: str) -> Category:
    category = by_id().get(int(category_id)) if category_id.isdecimal() else None
    if category is None:
        raise _unknown("Kategori bulunamadı", key="category.not.found")
    return category


def _unknown(message: str, *, key: str) -> Refusal:
    return product_refused(message, key=key, status=404)


def _attribute(rule: AttributeRule, category_id: int) -> Json:
    return {
        "allowCustom": rule.allow_custom,
        "attribute": {"id": rule.attribute_id, "name": rule.name},
        "categoryId": category_id,
        "required": rule.required,
        "varianter": rule.varianter,
        "slicer": rule.slicer,
        "allowMultipleAttributeValues": rule.multiple,
    }
