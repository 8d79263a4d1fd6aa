// Makes an avsc type of a schema, with our logical type, and records that are plain objects.
import avro from 'avsc';
import { NumberById } from './number-by-id.ts';
import { shortText } from './short-text.ts';

/** @throws Error when it is not valid Avro. */
export function compile(schema: avro.Schema): avro.Type {
  const registry: Record<string, avro.Type> = {};
  const type = avro.Type.forSchema(schema, {
    registry,
    omitRecordMethods: true,
    logicalTypes: { 'number-by-id': NumberById },
    typeHook: shortText,
  });
  for (const named of Object.values(registry)) {
    if (named instanceof avro.types.RecordType) makePlain(named);
  }
  return type;
}

/** avsc builds records by a constructor of their own; with another prototype they would not deeply equal what was encoded. */
function makePlain(record: avro.types.RecordType): void {
  const constructor = record.recordConstructor as { prototype: object };
  constructor.prototype = Object.prototype;
}
