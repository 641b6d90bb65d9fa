"""Django's templates, which let go of a page as soon as it is drawn.

A context of Django's holds itself. So all that a page was made of, thousands of objects, would stay
until the collector of garbage comes by, which stops some later request for as long as that takes.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.backends import django
from django.template.context import make_context


class Template(django.Template):
    """One template."""

    def render(
        self, context: dict[str, Any] | None = None, request: HttpRequest | None = None
    ) -> Any:
        """The text; raises TemplateDoesNotExist for one that it includes."""
        given = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            return self.template.render(given)
        finally:
            given.dicts.clear()


class Templates(django.DjangoTemplates):
    """The backend of the settings."""

    def from_string(self, template_code: str) -> Template:
        return Template(super().from_string(template_code).template, self)

    def get_template(self, template_name: str) -> Template:
        """The template of this name; raises TemplateDoesNotExist."""
        return Template(super().get_template(template_name).template, self)
