import { Compile } from 'typebox/schema'
import type { ApiDocument, JsonSchema, Operation } from './document.ts'

export interface FuzzAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

type Check = (operation: Operation, answer: FuzzAnswer) => string | undefined

/** Says what is wrong with an answer, going by the API description alone. */
export function answerChecker({ components }: ApiDocument): Check {
  const validators = new Map<JsonSchema, { Check(value: unknown): boolean }>()
  const validatorOf = (schema: JsonSchema) => {
    const known = validators.get(schema) ?? Compile({ ...schema, components })
    validators.set(schema, known)
    return known
  }

  return (operation, { status, headers, body }) => {
    const documented = operation.responses[status]
    if (status >= 500) return `${status} for a request`
    if (documented === undefined) return `${status} is not documented`
    if (!headers['x-request-id']) return 'no x-request-id'
    if (headers['cache-control'] !== 'no-store') return 'may be kept by caches'
    const [type, content] = Object.entries(documented.content ?? {})[0] ?? []
    if (content === undefined) return body === '' ? undefined : `a body with ${status}`
    if (headers['content-type'] !== `${type}; charset=utf-8`) {
      return `content type ${String(headers['content-type'])}`
    }
    const value: unknown = parsed(body)
    if (!validatorOf(content.schema).Check(value)) return `${status} is not as its schema says`
    return unknownField(value, content.schema, components)
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Schemas of answers leave room for more fields; ours must not use it. */
function unknownField(
  value: unknown,
  { $ref }: JsonSchema,
  { schemas }: ApiDocument['components'],
): string | undefined {
  const { properties = {} } = schemas[$ref?.split('/').at(-1) ?? ''] ?? {}
  const extra = Object.keys(value as object).filter((name) => !Object.hasOwn(properties, name))
  return extra.length === 0 ? undefined : `fields that are not documented: ${extra.join(', ')}`
}
