"""What the document says in words and for programs (`x-bytes-max`), but JSON Schema has no keyword for: limits in bytes."""

import schemathesis


@schemathesis.hook
def filter_case(context, case):
    """Leaves out what only such a limit forbids, as no schema could have said so."""
    operation = case.operation
    for parameters, values in (
        (operation.path_parameters, case.path_parameters),
        (operation.query, case.query),
    ):
        for parameter in parameters:
            value = (values or {}).get(parameter.name)
            if breaks_bytes_alone(parameter.definition.get("schema", {}), value):
                return False
    return True


def breaks_bytes_alone(schema, value):
    if isinstance(value, list):
        return any(breaks_bytes_alone(schema.get("items", {}), each) for each in value)
    bytes_max = schema.get("x-bytes-max")
    if bytes_max is None or not isinstance(value, str) or len(value) > schema["maxLength"]:
        return False
    # JavaScript counts what takes two UTF-16 units twice.
    units = len(value.encode("utf-16-le", "surrogatepass")) // 2
    return units > schema["maxLength"] or len(value.encode("utf-8", "surrogatepass")) > bytes_max
