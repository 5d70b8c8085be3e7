import { Type, type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { invalidRequest } from './api-error.ts'

/** Codes of actions in a path (docs: track-action). */
const ACTION_CODE = /^[a-zA-Z0-9_-]{1,64}$/

export const Email = Type.String({ pattern: String.raw`^[^\s@]+@[^\s@]+$`, maxLength: 254 })
export const PhoneNumber = Type.String({ pattern: String.raw`^\+[1-9]\d{6,14}$` })
export const Custom = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
)

/**
 * The value in the shape of the schema, or a 400. Called by handlers, after authentication, so
 * that a caller without credentials learns nothing; nothing is coerced and unknown keys pass.
 */
export function read<Schema extends TSchema>(schema: Schema, value: unknown): Static<Schema> {
  if (Value.Check(schema, value)) return value
  const [first] = Value.Errors(schema, value)
  throw invalidRequest(`${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}`.trim())
}

export function readActionCode(code: string): string {
  if (!ACTION_CODE.test(code)) throw invalidRequest(`action must match ${ACTION_CODE.source}`)
  return code
}
