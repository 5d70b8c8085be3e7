import { readFile } from 'node:fs/promises'

/** As much of JSON Schema as the API description uses. */
export interface JsonSchema {
  $ref?: string
  type?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean
  items?: JsonSchema
  minLength?: number
  maxLength?: number
  maxProperties?: number
  minProperties?: number
  pattern?: string
  examples?: unknown[]
}

export interface Operation {
  operationId: string
  method: string
  path: string
  /** Of its body; undefined where it takes none. */
  body?: JsonSchema
  needsBearer: boolean
  headers: { name: string; schema: JsonSchema }[]
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>
}

export interface ApiDocument {
  operations: Operation[]
  components: { schemas: Record<string, JsonSchema> }
}

interface RawOperation {
  operationId: string
  security?: object[]
  parameters?: { in: string; name: string; schema: JsonSchema }[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  responses: Operation['responses']
}

/** The committed API description, which another test holds to the routes. */
export async function readDocument(): Promise<ApiDocument> {
  const { paths, components } = JSON.parse(await readFile('openapi/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, RawOperation>>
    components: ApiDocument['components']
  }
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => {
      const body = raw.requestBody?.content['application/json']?.schema
      return {
        operationId: raw.operationId,
        method: method.toUpperCase(),
        path,
        ...(body === undefined ? {} : { body: resolved(body, components) }),
        needsBearer: raw.security !== undefined,
        headers: (raw.parameters ?? []).filter((one) => one.in === 'header'),
        responses: raw.responses,
      }
    }),
  )
  return { operations, components }
}

function resolved(schema: JsonSchema, { schemas }: ApiDocument['components']): JsonSchema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : schemas[name]!
}
