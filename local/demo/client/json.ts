/** Reads single fields out of JSON nobody has checked yet. */
export function stringIn(body: unknown, key: string): string | undefined {
  const value = fieldIn(body, key)
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function numberIn(body: unknown, key: string): number | undefined {
  const value = fieldIn(body, key)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function booleanIn(body: unknown, key: string): boolean | undefined {
  const value = fieldIn(body, key)
  return typeof value === 'boolean' ? value : undefined
}

export function fieldIn(body: unknown, key: string): unknown {
  return isRecord(body) ? body[key] : undefined
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
