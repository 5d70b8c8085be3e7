import { readFile } from 'node:fs/promises'
import t from 'tap'
import { openApiDocument } from '../scripts/openapi-document.ts'
import { PROBLEMS } from '../src/http/problems.ts'

const FILES = { '3.1.0': 'openapi.json', '3.0.3': 'openapi.3.0.json' } as const
const VERSIONS = ['3.1.0', '3.0.3'] as const

type Json = Record<string, unknown>
interface Content {
  schema: { $ref: string }
  examples?: Record<string, { value: Json }>
  example?: Json
}
interface Operation {
  operationId: string
  summary: string
  security?: object[]
  requestBody: { required?: boolean; content: Record<string, Content> }
  responses: Record<string, { description: string; content: Record<string, Content> }>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { properties: Json }> }
}

const STATUSES = {
  startSignIn: ['200', '400', '403', '413', '415', '422', '429', '500', '502', '503', '504'],
  finishSignIn: ['200', '400', '401', '403', '413', '415', '429', '500', '502', '503', '504'],
  signInWithPasskey: ['200', '400', '401', '403', '413', '415', '429', '500', '502', '503', '504'],
  signInWithIdToken: ['200', '400', '401', '403', '413', '415', '429', '500', '502', '503', '504'],
  refreshTokens: ['200', '400', '401', '413', '415', '429', '500', '502', '503', '504'],
  signOut: ['204', '400', '401', '413', '415', '429', '500', '502', '503', '504'],
  signOutEverywhere: ['204', '400', '401', '413', '415', '429', '500', '502', '503', '504'],
  getMe: ['200', '401', '429', '500', '502', '503', '504'],
  updateMe: ['200', '400', '401', '413', '415', '429', '500', '502', '503', '504'],
  deleteMe: ['204', '400', '401', '413', '415', '429', '500', '502', '503', '504'],
  listAuthenticators: ['200', '401', '429', '500', '502', '503', '504'],
  startAuthenticatorEnrollment: [
    '200',
    '400',
    '401',
    '403',
    '413',
    '415',
    '429',
    '500',
    '502',
    '503',
    '504',
  ],
  finishAuthenticatorEnrollment: [
    '200',
    '400',
    '401',
    '403',
    '409',
    '413',
    '415',
    '429',
    '500',
    '502',
    '503',
    '504',
  ],
  removeAuthenticator: [
    '204',
    '400',
    '401',
    '404',
    '409',
    '413',
    '415',
    '429',
    '500',
    '502',
    '503',
    '504',
  ],
  startStepUp: ['200', '400', '401', '403', '413', '415', '429', '500', '502', '503', '504'],
  finishStepUp: ['200', '400', '401', '403', '413', '415', '429', '500', '502', '503', '504'],
}

/** Operations of signed-in users. */
const WITH_BEARER = new Set([
  'signOutEverywhere',
  'getMe',
  'updateMe',
  'deleteMe',
  'listAuthenticators',
  'startAuthenticatorEnrollment',
  'finishAuthenticatorEnrollment',
  'removeAuthenticator',
  'startStepUp',
  'finishStepUp',
])
const WITHOUT_BODY = new Set([
  'signOutEverywhere',
  'getMe',
  'deleteMe',
  'listAuthenticators',
  'removeAuthenticator',
])

async function documentOf(version: (typeof VERSIONS)[number]): Promise<Document> {
  return JSON.parse(await openApiDocument(version)) as Document
}

function operationsOf({ paths }: Document): [string, string, Operation][] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      path,
      method,
      operation,
    ]),
  )
}

/** Every object in a document, with the path to it. */
function* objectsIn(value: unknown, path = ''): Generator<[string, Json]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield [path, value as Json]
  for (const [key, child] of Object.entries(value)) yield* objectsIn(child, `${path}/${key}`)
}

for (const version of VERSIONS) {
  t.test(`the committed ${version} document is what the routes say`, async (t) => {
    const committed = await readFile(
      new URL(`../openapi/${FILES[version]}`, import.meta.url),
      'utf8',
    )
    t.equal(committed, await openApiDocument(version))
    t.equal((await documentOf(version)).openapi, version)
  })

  t.test(`${version}: nothing in it trips generators`, async (t) => {
    const document = await documentOf(version)
    const unwanted = ['oneOf', 'anyOf', 'nullable', 'enum', 'const', '$id']
    const found = [...objectsIn(document)].filter(
      ([, object]) =>
        unwanted.some((keyword) => keyword in object) ||
        Object.values(object).includes(null) ||
        object['type'] === 'null' ||
        Array.isArray(object['type']),
    )
    t.strictSame(found, [])
    t.strictSame(Object.keys(document.components.schemas), [
      'FieldError',
      'Retry',
      'Problem',
      'StartSignInRequest',
      'StartedSignIn',
      'FinishSignInRequest',
      'Tokens',
      'PasskeySignInRequest',
      'IdTokenSignInRequest',
      'RefreshTokenRequest',
      'Profile',
      'UpdateProfileRequest',
      'Authenticator',
      'AuthenticatorList',
      'StartEnrollmentRequest',
      'StartedEnrollment',
      'FinishEnrollmentRequest',
      'StartStepUpRequest',
      'StartedStepUp',
      'FinishStepUpRequest',
      'FinishedStepUp',
    ])
  })

  t.test(`${version}: every reference leads somewhere`, async (t) => {
    const document = await documentOf(version)
    const references = [...objectsIn(document)].flatMap(([, { $ref }]) =>
      typeof $ref === 'string' ? $ref : [],
    )
    t.ok(references.length > 10)
    for (const reference of references) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1] ?? '?'
      t.ok(name in document.components.schemas, reference)
    }
  })

  t.test(`${version}: every operation has a name, its statuses and examples`, async (t) => {
    const operations = operationsOf(await documentOf(version))
    t.strictSame(
      operations.map(([path, method, { operationId }]) => [path, method, operationId]),
      [
        ['/start-sign-in', 'post', 'startSignIn'],
        ['/finish-sign-in', 'post', 'finishSignIn'],
        ['/passkey-sign-in', 'post', 'signInWithPasskey'],
        ['/id-token-sign-in', 'post', 'signInWithIdToken'],
        ['/refresh', 'post', 'refreshTokens'],
        ['/sign-out', 'post', 'signOut'],
        ['/sign-out-everywhere', 'post', 'signOutEverywhere'],
        ['/me', 'get', 'getMe'],
        ['/me', 'patch', 'updateMe'],
        ['/me', 'delete', 'deleteMe'],
        ['/authenticators', 'get', 'listAuthenticators'],
        ['/authenticators', 'post', 'startAuthenticatorEnrollment'],
        ['/authenticators/verify', 'post', 'finishAuthenticatorEnrollment'],
        ['/authenticators/{authenticatorId}', 'delete', 'removeAuthenticator'],
        ['/start-step-up', 'post', 'startStepUp'],
        ['/finish-step-up', 'post', 'finishStepUp'],
      ],
    )
    for (const [, , operation] of operations) {
      const { operationId, summary, security, requestBody, responses } = operation
      t.ok(summary, operationId)
      t.strictSame(security, WITH_BEARER.has(operationId) ? [{ bearer: [] }] : undefined)
      if (requestBody) t.strictSame(Object.keys(requestBody.content), ['application/json'])
      else t.ok(WITHOUT_BODY.has(operationId), operationId)
      t.strictSame(
        Object.keys(responses),
        STATUSES[operationId as keyof typeof STATUSES],
        operationId,
      )
      for (const [status, { description, content }] of Object.entries(responses)) {
        const type = status === '200' ? 'application/json' : 'application/problem+json'
        t.ok(description, `${operationId} ${status}`)
        if (status === '204') {
          t.notOk(content, 'no content')
          continue
        }
        t.strictSame(Object.keys(content), [type], `${operationId} ${status}`)
        const { examples = {}, schema } = content[type]!
        t.ok(Object.keys(examples).length > 0, `${operationId} ${status} has an example`)
        if (status !== '200') t.equal(schema.$ref, '#/components/schemas/Problem')
      }
    }
  })

  t.test(`${version}: every example is an answer that could be given`, async (t) => {
    const document = await documentOf(version)
    for (const [, , { operationId, responses }] of operationsOf(document)) {
      for (const [status, { content }] of Object.entries(responses)) {
        for (const { examples = {}, schema } of Object.values(content ?? {})) {
          const name = schema.$ref.split('/').at(-1) ?? ''
          const { properties } = document.components.schemas[name]!
          for (const [code, { value }] of Object.entries(examples)) {
            const label = `${operationId} ${status} ${code}`
            t.ok(
              Object.keys(value).every((key) => key in properties),
              label,
            )
            if (status === '200') continue
            t.equal(value['code'], code, label)
            t.equal(value['status'], Number(status), label)
            t.equal(PROBLEMS[code as keyof typeof PROBLEMS].status, Number(status), label)
          }
        }
      }
    }
  })
}

const KEYWORDS_OF_3_1 = [
  '$schema',
  '$defs',
  '$comment',
  '$anchor',
  'const',
  'if',
  'then',
  'else',
  'prefixItems',
  'contains',
  'patternProperties',
  'propertyNames',
  'dependentSchemas',
  'dependentRequired',
  'unevaluatedProperties',
  'unevaluatedItems',
  'contentMediaType',
  'contentEncoding',
]

t.test('3.0.3 has no keyword that came with 3.1', async (t) => {
  const document = await documentOf('3.0.3')
  t.notOk('webhooks' in document)
  t.notOk('jsonSchemaDialect' in document)
  const schemas = [...objectsIn(document)].filter(([path]) => !path.endsWith('/properties'))
  const found = schemas.filter(
    ([, object]) =>
      KEYWORDS_OF_3_1.some((keyword) => keyword in object) ||
      Array.isArray(object['examples']) ||
      typeof object['exclusiveMinimum'] === 'number' ||
      typeof object['exclusiveMaximum'] === 'number' ||
      // There, nothing next to a $ref counts.
      ('$ref' in object && Object.keys(object).length > 1),
  )
  t.strictSame(found, [])
  t.match(document.components.schemas['StartSignInRequest']?.properties, {
    email: { example: 'ada@example.com' },
  })
})

t.test('both versions describe the same operations and components', async (t) => {
  const [newer, older] = [await documentOf('3.1.0'), await documentOf('3.0.3')]
  t.strictSame(Object.keys(newer.paths), Object.keys(older.paths))
  t.strictSame(Object.keys(newer.components.schemas), Object.keys(older.components.schemas))
  for (const [index, [, , operation]] of operationsOf(newer).entries()) {
    t.strictSame(
      Object.keys(operation.responses),
      Object.keys(operationsOf(older)[index]?.[2].responses ?? {}),
    )
  }
})
