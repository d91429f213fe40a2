"""An attempt to pay, as customers of either trade start one and get it back."""

from typing import Any

from rest_framework import serializers

from farm.models import Payment


class PaymentIn(serializers.Serializer[Any]):
    provider = serializers.CharField(max_length=20, required=False, help_text="the farm's first provider if left out")


class PaymentOut(serializers.Serializer[Payment]):
    trade_no = serializers.CharField(help_text="the number of this attempt")
    provider = serializers.CharField()
    status = serializers.ChoiceField(choices=Payment.Status.choices)
    amount_fen = serializers.IntegerField()
    pay_url = serializers.CharField(help_text="send the buyer there")
    expires_at = serializers.DateTimeField()
