"""Routes of deals, cases and decisions."""

from django.urls import path

from approvals.views import asking, cases, choosing, deals, desk, moves, receipts, submitting, today

app_name = "approvals"
urlpatterns = [
    path("", today.today, name="today"),
    path("ask/", asking.ask, name="ask"),
    path("deals/", deals.deals, name="deals"),
    path("deals/export.csv", deals.export, name="export"),
    path("deals/new", desk.new, name="new"),
    path("deals/verdict", desk.verdict, name="verdict"),
    path("deals/lines", desk.grid, name="grid"),
    path("deals/products", choosing.products, name="products"),
    path("deals/<str:reference>/", deals.deal, name="deal"),
    path("deals/<str:reference>/edit", desk.edit, name="edit"),
    path("deals/<str:reference>/check", submitting.check, name="check"),
    path("deals/<str:reference>/submit", submitting.submit, name="submit"),
    path("deals/<str:reference>/withdraw", moves.withdraw, name="withdraw"),
    path("deals/<str:reference>/win", moves.win, name="win"),
    path("deals/<str:reference>/lose", moves.lose, name="lose"),
    path("deals/<str:reference>/reopen", moves.reopen, name="reopen"),
    path("deals/<str:reference>/copy", moves.copy, name="copy"),
    path("deals/<str:reference>/files", moves.files, name="files"),
    path("deals/<str:reference>/files/<int:attachment_id>", deals.file, name="file"),
    path("deals/<str:reference>/files/<int:attachment_id>/remove", moves.drop_file, name="drop_file"),
    path("deals/<str:reference>/consent", moves.consent, name="consent"),
    path("deals/<str:reference>/objection/withdraw", moves.withdraw_own_objection, name="withdraw_objection"),
    path("deals/<str:reference>/objection/<int:seat_id>/reply", moves.reply, name="reply"),
    path("deals/<str:reference>/objection/escalate", moves.escalate, name="escalate"),
    path("deals/<str:reference>/approvals/<int:approval_id>/revoke", moves.revoke, name="revoke"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/vote", cases.vote, name="vote"),
    path("cases/<int:pk>/recuse", cases.recuse, name="recuse"),
    path("decisions/<int:pk>/", receipts.receipt, name="receipt"),
    path("decisions/<int:pk>/receipt.pdf", receipts.receipt_pdf, name="receipt_pdf"),
    path("decisions/<int:pk>/<str:part>.json", receipts.document, name="receipt_document"),
]
