import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { allowedMethods } from '../methods.ts'
import { readSession } from '../session.ts'
import { isEnrolled } from '../store/authenticator.ts'
import { CONTEXT_PATH, type Context } from './wire.ts'

/** Put in by the build, which lays the page beside the bundle; see scripts/build.ts. */
declare const __PREBUILT_UI_DIR__: string | undefined

const BUILT = typeof __PREBUILT_UI_DIR__ === 'undefined' ? undefined : __PREBUILT_UI_DIR__
const DEFAULT_DIR = new URL(BUILT ?? '../../../dist-local/prebuilt-ui/', import.meta.url)

const ASSETS = [
  { path: '/challenge', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/prebuilt-ui/app.js', file: 'app.js', type: 'text/javascript; charset=utf-8' },
  { path: '/prebuilt-ui/styles.css', file: 'styles.css', type: 'text/css; charset=utf-8' },
] as const

const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    // The QR code and the icon.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    // Any app may show the page in a frame of its own, as with the real one (docs: launching-the-prebuilt-ui).
    'frame-ancestors *',
  ].join('; '),
  'x-content-type-options': 'nosniff',
  // The token is in the address.
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** What `url` of track leads to: the page on which users answer, enrol and manage. */
export function prebuiltUi(
  app: FastifyInstance,
  backend: Backend,
  dir = fileURLToPath(DEFAULT_DIR),
): void {
  for (const { path, file, type } of ASSETS) {
    app.get(path, async (_request, reply) => {
      const content = await readFile(join(dir, file)).catch(sayNotBuilt)
      return reply.headers(HEADERS).type(type).send(content)
    })
  }

  // How the real page learns these is its own affair: no documented answer has them.
  app.get(CONTEXT_PATH, async (request): Promise<Context> => {
    const { user, action, token } = await readSession(backend, request)
    const { email, phoneNumber, locale, redirectUrl, redirectToSettings } = action.tracked
    return {
      actionCode: action.actionCode,
      state: action.state,
      scopes: [...token.scopes],
      isEnrolled: isEnrolled(user),
      allowedMethods: [...allowedMethods(action)],
      redirectToSettings: redirectToSettings ?? false,
      redirectUrl,
      locale: locale ?? user.attributes.locale,
      email,
      phoneNumber,
    }
  })
}

function sayNotBuilt(): never {
  throw new ApiError(503, 'not_built', 'The page has not been built: npm run build:local')
}
