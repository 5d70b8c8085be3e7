import { AwsError, invalidParameter } from './errors.ts'

/** Reads one member of a request; constraint failures are collected, as the service lists them all. */
export type Field<T> = (value: unknown, at: string, problems: string[]) => T

type Fields = Record<string, Field<unknown>>
export type Shape<F extends Fields> = { [K in keyof F]: ReturnType<F[K]> }

/** An operation whose request has these members; others are ignored, as the service does. */
export function answering<F extends Fields>(
  fields: F,
  answer: (request: Shape<F>) => object | Promise<object>,
): (body: unknown) => Promise<object> {
  return async (body) => answer(readShape(fields, body))
}

function readShape<F extends Fields>(fields: F, body: unknown = {}): Shape<F> {
  if (!isRecord(body)) throw serializationError('Start of structure or map expected')
  const problems: string[] = []
  const read = readMembers(fields, body, '', problems)
  if (problems.length > 0) {
    const count =
      problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`
    throw invalidParameter(`${count} detected: ${problems.join('; ')}`)
  }
  return read
}

function readMembers<F extends Fields>(
  fields: F,
  value: Record<string, unknown>,
  at: string,
  problems: string[],
): Shape<F> {
  const read = Object.entries(fields).map(([name, field]) => {
    const path = at + name.charAt(0).toLowerCase() + name.slice(1)
    return [name, field(value[name] ?? undefined, path, problems)]
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries forgets the keys
  return Object.fromEntries(read) as Shape<F>
}

export interface TextRules {
  min?: number
  max?: number
  pattern?: RegExp
  oneOf?: readonly string[]
  /** The offending value of a sensitive member is not quoted. */
  sensitive?: boolean
}

export function text(rules: TextRules = {}): Field<string> {
  return (value, at, problems) => {
    if (value === undefined) {
      const shown = rules.sensitive ? '' : 'null '
      problems.push(
        `Value ${shown}at '${at}' failed to satisfy constraint: Member must not be null`,
      )
      return ''
    }
    if (typeof value !== 'string') throw notA('String', value)
    const quoted = rules.sensitive ? '' : `'${value}' `
    for (const broken of brokenRules(value, rules)) {
      problems.push(`Value ${quoted}at '${at}' failed to satisfy constraint: Member must ${broken}`)
    }
    return value
  }
}

function brokenRules(
  value: string,
  { min = 0, max = Infinity, pattern, oneOf }: TextRules,
): string[] {
  const broken: string[] = []
  if (value.length > max) broken.push(`have length less than or equal to ${max}`)
  if (value.length < min) broken.push(`have length greater than or equal to ${min}`)
  if (pattern && !new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(value)) {
    broken.push(`satisfy regular expression pattern: ${pattern.source}`)
  }
  if (oneOf && !oneOf.includes(value)) broken.push(`satisfy enum value set: [${oneOf.join(', ')}]`)
  return broken
}

export function optional<T>(field: Field<T>): Field<T | undefined> {
  return (value, at, problems) => (value === undefined ? undefined : field(value, at, problems))
}

export const flag: Field<boolean> = (value) => {
  if (value === undefined) return false
  if (typeof value !== 'boolean') throw notA('Boolean', value)
  return value
}

export function wholeNumber(min: number, max: number): Field<number> {
  return (value, at, problems) => {
    if (typeof value !== 'number') throw notA('Integer', value)
    const limit = value > max ? `less than or equal to ${max}` : `greater than or equal to ${min}`
    if (value < min || value > max) {
      problems.push(
        `Value '${value}' at '${at}' failed to satisfy constraint: Member must have value ${limit}`,
      )
    }
    return value
  }
}

export function listOf<T>(field: Field<T>): Field<T[]> {
  return (value = [], at, problems) => {
    if (!Array.isArray(value)) throw notA('List', value)
    return value.map((member, index) => field(member, `${at}.${index + 1}.member`, problems))
  }
}

/** A map of strings to strings, empty when left out. */
export const stringMap: Field<Record<string, string>> = (value = {}) => {
  if (!isStringMap(value)) throw notA('Map of Strings', value)
  return value
}

/** A nested structure. */
export function structure<F extends Fields>(fields: F): Field<Shape<F>> {
  return (value, at, problems) => {
    if (!isRecord(value)) throw notA('Structure', value)
    return readMembers(fields, value, `${at}.`, problems)
  }
}

export function isStringMap(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((member) => typeof member === 'string')
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function notA(type: string, value: unknown): AwsError {
  return serializationError(
    `${(typeof value).toUpperCase()}_VALUE can not be converted to a ${type}`,
  )
}

function serializationError(message: string): AwsError {
  return new AwsError('SerializationException', message)
}
