"""URLs of accounts: sign-up, sign-in, recovery, preferences."""

from __future__ import annotations

from django.urls import path

from accounts.views import people, recovery_codes

urlpatterns = [
    path("sign-up/", people.sign_up, name="sign_up"),
    path("sign-in/", people.sign_in, name="sign_in"),
    path("sign-in/recovery-code/", recovery_codes.recover_account, name="recover_account"),
    path("sign-out/", people.sign_out, name="sign_out"),
    path("account/", people.account, name="account"),
    path("account/details/", people.account_details, name="account_details"),
    path("account/password/", people.change_password, name="change_password"),
    path("account/recovery-code/", recovery_codes.recovery_code, name="recovery_code"),
    path("account/sign-out/", people.sign_out_everywhere, name="sign_out_everywhere"),
    path("account/close/", people.close_account, name="close_account"),
    path("language/", people.set_language, name="set_language"),
]
