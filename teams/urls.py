"""The pages of teams, customers, people and settings."""

from django.urls import path

from teams.views import committees, customers, entrance, members, overview, people, profile, teams

app_name = "teams"
urlpatterns = [
    path("invitations/<str:token>/", entrance.invitation, name="invitation"),
    path("first-use/", entrance.first_use, name="first_use"),
    path("demo/sign-in/", entrance.demo_sign_in, name="demo_sign_in"),
    path("settings/", overview.settings, name="settings"),
    path("settings/organisation/", overview.organisation, name="organisation"),
    path("settings/profile/", profile.profile, name="profile"),
    path("settings/tokens/", profile.tokens, name="tokens"),
    path("settings/tokens/new/", profile.new_token, name="new_token"),
    path("settings/tokens/<int:pk>/revoke/", profile.revoke, name="revoke_token"),
    path("settings/users/", people.users, name="users"),
    path("settings/users/invite/", people.invite, name="invite"),
    path("settings/users/<int:pk>/", people.user, name="user"),
    path("settings/users/<int:pk>/edit/", people.edit, name="edit_user"),
    path("settings/users/<int:pk>/invite-again/", people.invite_again, name="invite_again"),
    path("settings/users/<int:pk>/deactivate/", people.deactivate, name="deactivate_user"),
    path("settings/users/<int:pk>/reactivate/", people.reactivate, name="reactivate_user"),
    path("settings/users/<int:pk>/roles/new/", people.new_role, name="new_role"),
    path("settings/users/<int:pk>/roles/<int:role>/end/", people.end_role, name="end_role"),
    path("settings/teams/new/", members.new, name="new_team"),
    path("settings/teams/<slug:code>/", members.team, name="manage_team"),
    path("settings/teams/<slug:code>/edit/", members.edit, name="edit_team"),
    path("settings/teams/<slug:code>/members/new/", members.new_member, name="new_member"),
    path("settings/teams/<slug:code>/members/<int:pk>/", members.member, name="member"),
    path("settings/teams/<slug:code>/members/<int:pk>/end/", members.end, name="end_member"),
    path("settings/committees/", committees.committees, name="committees"),
    path("settings/committees/new/", committees.new, name="new_committee"),
    path("settings/committees/<slug:code>/", committees.committee, name="committee"),
    path("settings/committees/<slug:code>/edit/", committees.edit, name="edit_committee"),
    path("settings/committees/<slug:code>/seats/new/", committees.new_seat, name="new_seat"),
    path("settings/committees/<slug:code>/seats/<int:pk>/end/", committees.end_seat, name="end_seat"),
    path("settings/committees/<slug:code>/seats/<int:pk>/chair/", committees.chair, name="chair"),
    path("teams/", teams.teams, name="teams"),
    path("teams/<slug:code>/", teams.team, name="team"),
    path("customers/", customers.customers, name="customers"),
    path("customers/new/", customers.new, name="new_customer"),
    path("customers/<str:reference>/", customers.customer, name="customer"),
    path("customers/<str:reference>/edit/", customers.edit, name="edit_customer"),
    path("customers/<str:reference>/team/", customers.assign, name="assign_customer"),
    path("customers/<str:reference>/hand-over/", customers.hand_over, name="hand_over"),
]
