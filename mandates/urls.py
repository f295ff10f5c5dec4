"""The pages of mandates, the charter, the catalogue and the rates."""

from django.urls import path

from mandates.views import asking, catalogue, charter, editor, ledger, mandates, testing, versions

app_name = "mandates"
urlpatterns = [
    path("mandates/", mandates.listing, name="mandates"),
    path("mandates/new", editor.new, name="new"),
    path("mandates/import", editor.import_page, name="import"),
    path("mandates/ask/<slug:code>/", asking.ask, name="ask_for"),
    path("mandates/<slug:code>/", mandates.detail, name="mandate"),
    path("mandates/<slug:code>/draft/", editor.draft, name="draft"),
    path("mandates/<slug:code>/draft/begin", editor.begin, name="begin"),
    path("mandates/<slug:code>/draft/join", editor.join, name="join"),
    path("mandates/<slug:code>/draft/tests/", testing.tests_page, name="tests"),
    path("mandates/<slug:code>/draft/tests/remove", testing.remove, name="test_remove"),
    path("mandates/<slug:code>/budget/", ledger.ledger, name="budget"),
    path("mandates/<slug:code>/print/", mandates.print_view, name="print"),
    path("mandates/<slug:code>/print.pdf", mandates.print_pdf, name="print_pdf"),
    path("mandates/<slug:code>/versions/<int:number>/", versions.version_page, name="version"),
    path("mandates/<slug:code>/versions/<int:number>/document.json", mandates.export, name="export"),
    path("mandates/<slug:code>/versions/<int:number>/asked", asking.edit, name="asked"),
    path("mandates/<slug:code>/versions/<int:number>/counter", asking.offer, name="counter"),
    path("mandates/<slug:code>/versions/<int:number>/<slug:name>", versions.move, name="move"),
    path("charter/", charter.charter, name="charter"),
    path("charter/draft/", charter.draft, name="charter_draft"),
    path("charter/draft/begin", charter.begin, name="charter_begin"),
    path("charter/draft/join", charter.join, name="charter_join"),
    path("charter/import", charter.import_page, name="charter_import"),
    path("charter/versions/<int:number>/", charter.version_page, name="charter_version"),
    path("charter/versions/<int:number>/document.json", charter.export, name="charter_export"),
    path("charter/versions/<int:number>/<slug:name>", charter.move, name="charter_move"),
    path("schemas/<slug:name>.json", testing.schema, name="schema"),
    path("products/", catalogue.products, name="products"),
    path("products/new", catalogue.new, name="product_new"),
    path("products/<int:pk>/", catalogue.product_page, name="product"),
    path("products/<int:pk>/edit", catalogue.edit, name="product_edit"),
    path("products/<int:pk>/prices", catalogue.price, name="product_price"),
    path("settings/rates/", catalogue.rates, name="rates"),
]
