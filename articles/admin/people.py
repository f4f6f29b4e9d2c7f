"""Who works in the newsroom, in the newsroom's own look."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.contrib.sites.admin import Site  # after it has registered itself
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from .base import NewsroomAdmin

admin.site.unregister([User, Group, Site])  # of sites there is one, at SITE_URL


@admin.register(User)
class UserAdmin(DjangoUserAdmin, NewsroomAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, NewsroomAdmin):
    pass
