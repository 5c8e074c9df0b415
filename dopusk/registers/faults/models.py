"""State of the switches, shared by all processes of the site."""

from django.db import models

from dopusk.registers.faults import rules


class Fault(models.Model):
    """A register that does not behave; no row means it is on."""

    register = models.CharField(max_length=20, primary_key=True, db_collation="C")
    mode = models.CharField(max_length=10)
    delay_ms = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    register__in=[
                        *("snils", "passports", "frmr", "frmo", "dictionaries"),
                        *("pki", "ocsp", "crl", "questions"),
                    ]
                ),
                name="fault_register_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(mode__in=["off", "delay", "break"]), name="fault_mode_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.register}: {self.mode}"

    def switch(self) -> rules.Switch:
        """As the rules see it."""
        return rules.Switch(rules.Mode(self.mode), self.delay_ms)


def switch_of(register: rules.Register) -> rules.Switch:
    """The state of one register: one look-up by key."""
    fault = Fault.objects.filter(register=register).first()
    return fault.switch() if fault else rules.Switch()
