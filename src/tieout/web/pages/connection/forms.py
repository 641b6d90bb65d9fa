"""The settings of the way to QuickBooks and of exporting, as one form with one Save."""

from __future__ import annotations

from django import forms

from tieout.core.facts import ExportRules, JoblessLines, Syncing, ZeroTotals
from tieout.service.save_connection import ConnectionSettings, JobSwitches
from tieout.store.queries.connections import Company, Connection

SYNCING = [
    (Syncing.PER_JOB.value, "Export per Job"),
    (Syncing.PER_CLIENT.value, "Export per Client"),
]
JOBLESS = [
    (JoblessLines.CLIENT.value, "go to the QuickBooks customer of the client"),
    (JoblessLines.BLOCK.value, "block the invoice"),
]
ZERO = [
    (ZeroTotals.BLOCK.value, "are blocked until somebody looks"),
    (ZeroTotals.SKIP.value, "are skipped"),
]


class ConnectionForm(forms.Form):
    """QuickBooks Desktop Accounting Configuration. The saved password is never in the page."""

    url = forms.CharField(
        max_length=300,
        label="URL",
        help_text="Address of the QuickBooks Remote Connector, such as https://books-pc:8166",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    username = forms.CharField(
        max_length=100,
        label="Username",
        help_text="As set up in the Remote Connector.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    password = forms.CharField(
        max_length=200,
        required=False,
        strip=False,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    company_file = forms.CharField(
        max_length=300,
        required=False,
        label="Company file (optional)",
        help_text="Path of the .QBW file on the QuickBooks computer. Empty: the open file.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        max_length=300,
        required=False,
        label="Reason for another URL or company file",
        help_text="Something is unconfirmed: a change takes a reason, which stays in the history.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    syncing = forms.ChoiceField(choices=SYNCING, widget=forms.RadioSelect)
    jobless_lines = forms.ChoiceField(choices=JOBLESS, label="Lines without a contractor job")
    zero_totals = forms.ChoiceField(choices=ZERO, label="Invoices with a total of zero")
    require_approval = forms.BooleanField(
        required=False, label="Export only invoices that are approved in the back office"
    )
    create_jobs = forms.BooleanField(required=False)
    keep_job_data = forms.BooleanField(required=False)
    split_suffix = forms.CharField(
        max_length=8,
        label="Number of a split invoice ends in",
        help_text="{n} becomes 1, 2, 3 …: invoice 1042 over two jobs becomes 1042-1 and 1042-2.",
    )
    number_prefix_strip = forms.CharField(
        max_length=20,
        required=False,
        label="Leave off at the front of a number",
        help_text="Such as INV-. QuickBooks takes 11 characters.",
    )
    invoice_template = forms.CharField(
        max_length=31,
        required=False,
        label="QuickBooks invoice template",
        help_text="Its name in QuickBooks. Empty: QuickBooks' own default.",
    )

    def __init__(self, *args: object, has_password: bool = False, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type] # Form's own arguments
        self.has_password = has_password
        kept = "Leave empty to keep the saved password." if has_password else ""
        self.fields["password"].help_text = kept

    def clean_password(self) -> str:
        """A first password must be given; later an empty one keeps it."""
        password = str(self.cleaned_data["password"])
        if not password and not self.has_password:
            message = "Enter the password that was set up in the Remote Connector."
            raise forms.ValidationError(message)
        return password

    def settings(self) -> ConnectionSettings:
        """What was entered about the connection."""
        data = self.cleaned_data
        return ConnectionSettings(
            url=data["url"],
            username=data["username"],
            password=data["password"],
            company_file=data["company_file"],
            reason=data["reason"],
        )

    def switches(self) -> JobSwitches:
        """What Tieout may do to jobs in QuickBooks."""
        data = self.cleaned_data
        return JobSwitches(create_jobs=data["create_jobs"], keep_job_data=data["keep_job_data"])

    def rules(self) -> ExportRules:
        """What was chosen about exporting."""
        data = self.cleaned_data
        return ExportRules(
            syncing=Syncing(data["syncing"]),
            jobless_lines=JoblessLines(data["jobless_lines"]),
            zero_totals=ZeroTotals(data["zero_totals"]),
            require_approval=data["require_approval"],
            split_suffix=data["split_suffix"],
            number_prefix_strip=data["number_prefix_strip"],
            template_name=data["invoice_template"],
        )


RULE_FIELDS = (
    "syncing",
    "jobless_lines",
    "zero_totals",
    "require_approval",
    "split_suffix",
    "number_prefix_strip",
    "create_jobs",
    "keep_job_data",
)


def initial(connection: Connection, company: Company) -> dict[str, object]:
    """The saved settings as the form shows them; the password is not among them."""
    return {
        "url": connection.url,
        "username": connection.username,
        "company_file": connection.company_file,
        **{name: getattr(company, name) for name in RULE_FIELDS},
        "invoice_template": company.template_name,
    }
