import api

with api.reporting():
    sizes = api.arguments()["sizes"]
    api.metadata({"count": len(sizes)})
    api.metadata({"total": sum(sizes)})
