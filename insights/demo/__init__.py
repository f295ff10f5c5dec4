"""The demo company: invented people, customers and products of a Benelux supplier of networks and software."""
