import { isStringMap } from '../protocol/shape.ts'
import { unrecognizableOutput } from './trigger-errors.ts'

// A member that is absent or null was left unset; anything of another type is refused as a whole.

export function booleanIn(response: Record<string, unknown>, name: string): boolean {
  const value = response[name] ?? false
  if (typeof value !== 'boolean') throw unrecognizableOutput()
  return value
}

export function textIn(response: Record<string, unknown>, name: string): string | null {
  const value = response[name] ?? null
  if (value !== null && typeof value !== 'string') throw unrecognizableOutput()
  return value
}

/** Numbers, booleans and nested objects do not pass: challenge parameters are strings. */
export function textsIn(response: Record<string, unknown>, name: string): Record<string, string> {
  const value = response[name] ?? {}
  if (!isStringMap(value)) throw unrecognizableOutput()
  return value
}

export function textListIn(response: Record<string, unknown>, name: string): string[] {
  const value = response[name] ?? []
  if (!Array.isArray(value)) throw unrecognizableOutput()
  return value.map((member: unknown) => {
    if (typeof member !== 'string') throw unrecognizableOutput()
    return member
  })
}
