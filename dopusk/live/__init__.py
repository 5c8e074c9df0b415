"""The live app: server-sent events that tell open pages of the cabinet that something changed.

One small ASGI process without Django. It hears PostgreSQL's NOTIFY (sent in the transaction of the fact by
`dopusk.web.live.tell`) and passes it on to those who hold a ticket for the topic.
"""
