"""Leaves out cases that are no cases: what only a limit in bytes forbids, and what is wrong no more once it stands in an address."""

import schemathesis


@schemathesis.hook
def filter_case(context, case):
    """Such a limit is said in words and for programs (`x-bytes-max`): JSON Schema has no keyword for it."""
    operation = case.operation
    for parameter in operation.query:
        if parameter.name in (case.query or {}) and is_right_as_text(
            parameter.definition.get("schema", {}), case.query[parameter.name]
        ):
            return False
    for parameters, values in (
        (operation.path_parameters, case.path_parameters),
        (operation.query, case.query),
    ):
        for parameter in parameters:
            value = (values or {}).get(parameter.name)
            if breaks_bytes_alone(parameter.definition.get("schema", {}), value):
                return False
    return True


def is_right_as_text(schema, value):
    """One value where a list is wanted reads as a list of one, and an object or a list without anything in it is not sent at all."""
    if isinstance(value, dict):
        return not value
    return schema.get("type") == "array" and not isinstance(value, list)


def breaks_bytes_alone(schema, value):
    if isinstance(value, list):
        return any(breaks_bytes_alone(schema.get("items", {}), each) for each in value)
    bytes_max = schema.get("x-bytes-max")
    if bytes_max is None or not isinstance(value, str) or len(value) > schema["maxLength"]:
        return False
    # JavaScript counts what takes two UTF-16 units twice.
    units = len(value.encode("utf-16-le", "surrogatepass")) // 2
    return units > schema["maxLength"] or len(value.encode("utf-8", "surrogatepass")) > bytes_max
