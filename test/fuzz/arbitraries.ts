import * as fc from 'fast-check'
import type { Arbitrary } from 'fast-check'
import type { JsonSchema, Operation } from './document.ts'

export interface FuzzRequest {
  path: string
  headers: Record<string, string>
  body: string | undefined
}

/** Values that get further than made-up ones: what was really issued to somebody. */
export interface Known {
  bearer: () => string
  /** How often that is used, against once something else. */
  bearerWeight: number
  /** By the name of the field. */
  fields: Readonly<Record<string, readonly string[]>>
}

const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.string({ unit: 'grapheme', maxLength: 50 }),
  fc.constantFrom('', ' ', '\0', '\u202e', '\ud800', '../..', "' OR 1=1", '${7*7}', '\r\nx: y'),
  fc.integer({ min: 100, max: 9_000 }).map((length) => 'x'.repeat(length)),
)
const anyValue = fc.oneof(anyText, fc.jsonValue({ maxDepth: 3 }))

/** Requests of one operation: valid ones, nearly valid ones, and garbage. */
export function requestsOf(operation: Operation, known: Known): Arbitrary<FuzzRequest> {
  return fc.record({
    path: pathsOf(operation.path),
    headers: headersOf(operation, known),
    body: bodiesOf(operation.body, known),
  })
}

function pathsOf(path: string): Arbitrary<string> {
  const ids = fc.oneof(
    fc.uuid(),
    fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
    // A lone surrogate has no percent-encoding.
    anyText.map((text) => encodeURIComponent(Buffer.from(text).toString()) || 'x'),
  )
  const queries = fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.webQueryParameters().map((text) => `?${text}`) },
  )
  return fc.tuple(ids, queries).map(([id, query]) => {
    // A dot segment would be taken out of the path by whoever sends it.
    const safe = /^\.+$/.test(id) ? 'x' : id
    return path.replace(/\{\w+\}/, safe) + query
  })
}

function headersOf(operation: Operation, known: Known): Arbitrary<Record<string, string>> {
  const text = fc.string({ unit: fc.constantFrom(...LATIN), maxLength: 80 }).map((s) => s.trim())
  const own = Object.fromEntries(
    operation.headers.map(({ name, schema }) => [name, sometimes(fc.oneof(texts(schema), text))]),
  )
  return fc
    .record({
      authorization: bearers(operation, known, text),
      'content-type': contentTypes(operation),
      'x-request-id': sometimes(text),
      'x-forwarded-for': sometimes(fc.oneof(fc.ipV4(), fc.ipV6(), text)),
      'user-agent': sometimes(text),
      origin: sometimes(fc.oneof(fc.webUrl(), text)),
      traceparent: sometimes(text),
      'accept-language': sometimes(text),
      ...own,
    })
    .map(withoutUndefined)
}

function sometimes(values: Arbitrary<string>): Arbitrary<string | undefined> {
  return fc.option(values, { freq: 4, nil: undefined })
}

/** What Node sends in a header at all. */
const LATIN = [...Array(95).keys()].map((n) => String.fromCharCode(n + 32)).concat('ä', 'ÿ', '\t')

function bearers(
  operation: Operation,
  known: Known,
  text: Arbitrary<string>,
): Arbitrary<string | undefined> {
  if (!operation.needsBearer) return fc.constant(undefined)
  const good = fc.constant(undefined).map(() => `Bearer ${known.bearer()}`)
  const jwt = fc
    .tuple(fc.jsonValue(), fc.jsonValue(), fc.base64String())
    .map(([head, body, mac]) => [head, body].map(encoded).concat(mac).join('.'))
  const bad = fc.oneof(
    fc.constant(undefined),
    text,
    text.map((token) => `Bearer ${token}`),
    jwt.map((token) => `Bearer ${token}`),
    good.map((header) => header.slice(0, -3)),
    good.map((header) => header.replace('Bearer', 'Basic')),
    fc.constantFrom('Bearer', 'Bearer ', 'bearer x', `Bearer ${'a'.repeat(15_000)}`),
  )
  return fc.oneof({ weight: known.bearerWeight, arbitrary: good }, { weight: 9, arbitrary: bad })
}

function contentTypes({ body }: Operation): Arbitrary<string | undefined> {
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.constantFrom(
        ...(body ? [] : [undefined]),
        'application/json',
        'application/json; charset=utf-8',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        undefined,
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/xml',
        'application/problem+json',
        'application/json; charset=utf-16',
        'json',
        '/',
      ),
    },
  )
}

function bodiesOf(schema: JsonSchema | undefined, known: Known): Arbitrary<string | undefined> {
  if (schema === undefined) {
    const none = fc.constant(undefined)
    return fc.oneof({ weight: 9, arbitrary: none }, { weight: 1, arbitrary: garbage() })
  }
  const good = valid(schema, known)
  return fc.oneof(
    { weight: 5, arbitrary: good.map(json) },
    {
      weight: 4,
      arbitrary: fc.tuple(good, mutations(schema)).map(([value, spoil]) => json(spoil(value))),
    },
    { weight: 2, arbitrary: garbage() },
  )
}

/** Values that the schema takes. */
function valid(schema: JsonSchema, known: Known): Arbitrary<unknown> {
  const { type, properties = {}, required = [] } = schema
  if (type !== 'object') return texts(schema)
  if (Object.keys(properties).length === 0) {
    return fc.dictionary(fc.string({ maxLength: 20 }), anyValue, { maxKeys: 25 })
  }
  const fields = Object.entries(properties).map(([name, one]) => {
    const issued = known.fields[name] ?? one.examples ?? []
    if (issued.length === 0) return [name, valid(one, known)]
    const given = { weight: 2, arbitrary: fc.nat().map((n) => issued[n % issued.length]) }
    return [name, fc.oneof(given, { weight: 1, arbitrary: valid(one, known) })]
  })
  const arbitraries = Object.fromEntries(fields) as Record<string, Arbitrary<unknown>>
  const all = fc.record(arbitraries, { requiredKeys: required })
  const few = fc
    .tuple(all, fc.infiniteStream(fc.nat(2)))
    .map(([body, dice]) =>
      ofOnePerson(body, (name) => required.includes(name) || dice.next().value === 0),
    )
  return fc.oneof({ weight: 1, arbitrary: all }, { weight: 5, arbitrary: few })
}

/** What a schema cannot say and its description does: at most one of them. */
const IDENTIFIERS = new Set(['email', 'phoneNumber', 'username'])

function ofOnePerson(
  body: Record<string, unknown>,
  isKept: (name: string) => boolean,
): Record<string, unknown> {
  const first = Object.keys(body).find((name) => IDENTIFIERS.has(name))
  return Object.fromEntries(
    Object.entries(body).filter(([name]) =>
      IDENTIFIERS.has(name) ? name === first : isKept(name),
    ),
  )
}

function texts({ pattern, minLength = 0, maxLength = 200 }: JsonSchema): Arbitrary<string> {
  const most = Math.min(maxLength, 200)
  if (pattern === undefined) {
    return fc.string({ unit: 'grapheme', minLength, maxLength: most })
  }
  // A filter by length would look for ever: what is too short is repeated instead.
  return fc
    .stringMatching(new RegExp(pattern), { size: 'small' })
    .map((text) => text.padEnd(minLength, text || 'x').slice(0, most))
}

type Spoil = (value: unknown) => unknown

function on(change: (value: Record<string, unknown>) => unknown): Spoil {
  return (value) => change({ ...(value as Record<string, unknown>) })
}

/** One thing wrong with a value that was right. */
function mutations({ properties = {} }: JsonSchema): Arbitrary<Spoil> {
  const names = fc.constantFrom(...Object.keys(properties))
  return fc.oneof(
    names.map((name) => on(({ [name]: _gone, ...rest }) => rest)),
    fc.tuple(names, anyValue).map(([name, value]) => on((all) => ({ ...all, [name]: value }))),
    fc.tuple(anyText, anyValue).map(([name, value]) => on((all) => ({ ...all, [name]: value }))),
    fc
      .constantFrom(...PROTOTYPE_NAMES)
      .map((name) => on((all) => Object.fromEntries([...Object.entries(all), [name, { x: 1 }]]))),
    fc.constant(on((all) => [all])),
    fc.constant(on((all) => JSON.stringify(all))),
  )
}

/** Bodies that follow no schema: other JSON, and what is none. */
function garbage(): Arbitrary<string> {
  return fc.oneof(
    anyText,
    fc.json({ maxDepth: 5 }),
    fc.integer({ min: 1, max: 5_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
    fc
      .integer({ min: 1, max: 2_000 })
      .map((depth) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)),
    fc.integer({ min: 16_300, max: 16_500 }).map((size) => json({ email: 'x'.repeat(size) })),
    fc.constantFrom(
      '{',
      'null',
      'true',
      '{"a":1,}',
      "{'a':1}",
      '{"a":1}{"a":1}',
      '\ufeff{}',
      'NaN',
    ),
    fc.constantFrom(...PROTOTYPE_NAMES).map((name) => `{"${name}":{"x":1}}`),
  )
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined'
}

function encoded(value: unknown): string {
  return Buffer.from(json(value)).toString('base64url')
}

function withoutUndefined(all: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
