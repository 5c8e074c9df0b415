"""What the first page and every sign-in ask about second factors, in one statement."""

METHODS = """
SELECT EXISTS (SELECT FROM factors_totp WHERE account_id = %(sub)s AND confirmed_at IS NOT NULL),
       (SELECT count(*) FROM factors_passkey WHERE account_id = %(sub)s),
       (SELECT count(*) FROM factors_recoverycode WHERE account_id = %(sub)s AND used_at IS NULL),
       EXISTS (SELECT FROM accounts_identifier
               WHERE account_id = %(sub)s AND kind = 'phone' AND verified_at IS NOT NULL)
           AND NOT EXISTS (SELECT FROM factors_policy WHERE account_id = %(sub)s AND NOT sms)
           AND NOT EXISTS (SELECT FROM operators_appointment WHERE account_id = %(sub)s AND ended_at IS NULL)
"""
