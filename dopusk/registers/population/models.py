"""What the sandbox was filled with, so that filling it again adds and never doubles."""

from django.db import models


class Population(models.Model):
    """The one row: seed and day make worker number i what she is."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seed = models.BigIntegerField()
    day = models.DateField()
    workers = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="population_is_one")]

    def __str__(self) -> str:
        return f"{self.workers} by seed {self.seed}"
