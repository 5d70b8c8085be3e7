import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startLocalAuthsignal } from '../../../../local/authsignal/index.ts'
import { buildPrebuiltUi } from '../../../../local/authsignal/prebuilt-ui/build.ts'
import { answerOf, enrolEmail, isError, MINUTE, startForTest } from '../support.ts'

const FILES = { 'index.html': '<h1>', 'app.js': '0', 'styles.css': 'p{}' }

t.test('the url of track leads to the page, each of its files as what it is', async (t) => {
  const { local, server } = await startForTest(t, { prebuiltUiDir: t.testdir(FILES) })
  const { url } = await server.track({ userId: 'u1', action: 'signIn' })
  const served = [
    [url, '<h1>', 'text/html; charset=utf-8'],
    [`${url}&mode=popup`, '<h1>', 'text/html; charset=utf-8'],
    [`${local.origin}/prebuilt-ui/app.js`, '0', 'text/javascript; charset=utf-8'],
    [`${local.origin}/prebuilt-ui/styles.css`, 'p{}', 'text/css; charset=utf-8'],
  ] as const
  for (const [address, content, type] of served) {
    const response = await fetch(address)
    t.equal(response.status, 200)
    t.equal(response.headers.get('content-type'), type)
    t.equal(response.headers.get('x-content-type-options'), 'nosniff')
    t.equal(await response.text(), content)
  }
})

t.test('the page may be framed, and else keeps to itself', async (t) => {
  const { local } = await startForTest(t, { prebuiltUiDir: t.testdir(FILES) })
  const { headers } = await fetch(`${local.origin}/challenge?token=x`)
  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
      const [name = '', ...values] = directive.split(' ')
      return [name, values.join(' ')]
    }),
  )
  t.equal(policy.get('default-src'), "'none'")
  t.equal(policy.get('script-src'), "'self'")
  t.equal(policy.get('frame-ancestors'), '*')
  t.notOk([...policy.values()].some((value) => value.includes('unsafe')))
  t.equal(headers.get('x-frame-options'), null)
  t.equal(headers.get('referrer-policy'), 'no-referrer', 'the token is in the address')
  t.equal(headers.get('cache-control'), 'no-store')
})

t.test(
  'the page is built into three files, without a line of script between the tags',
  async (t) => {
    const dir = t.testdir()
    await buildPrebuiltUi(dir)
    const html = await readFile(join(dir, 'index.html'), 'utf8')
    t.notMatch(html, /<script(?![^>]*src=)|<style| style=| on\w+=/)
    t.match(await readFile(join(dir, 'app.js'), 'utf8'), 'AUTHSIGNAL_CLOSE_POPUP')
    t.match(await readFile(join(dir, 'styles.css'), 'utf8'), '#widget_container')
  },
)

t.test('the local build has the page beside it, for itself and for the sources', async (t) => {
  const bundle: URL = new URL('../../../../dist-local/index.mjs', import.meta.url)
  const built: { startLocalAuthsignal: typeof startLocalAuthsignal } = await import(bundle.href)
  for (const start of [built.startLocalAuthsignal, startLocalAuthsignal]) {
    const local = await start({ secret: 'secret', tenantId: 'tenant' })
    t.teardown(() => local.close())
    const page = await fetch(`${local.origin}/challenge?token=x`)
    t.match(await page.text(), 'id="widget_container"')
    t.equal((await fetch(`${local.origin}/prebuilt-ui/app.js`)).status, 200)
  }
})

t.test('a page that was never built says how to', async (t) => {
  const { local } = await startForTest(t, { prebuiltUiDir: t.testdir() })
  const answer = await answerOf(await fetch(`${local.origin}/challenge?token=x`))
  isError(t, answer, [503, 'not_built'])
  t.match(answer.body['errorDescription'], 'npm run build:local')
})

t.test('the page learns what its token is for', async (t) => {
  const { local, server } = await startForTest(t)
  const context = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` }
    return answerOf(await fetch(`${local.origin}/local/prebuilt-ui`, { headers }))
  }
  const { token: bare } = await server.track({ userId: 'u1', action: 'signIn' })
  t.strictSame((await context(bare)).body, {
    actionCode: 'signIn',
    state: 'ALLOW',
    scopes: ['read:authenticators'],
    isEnrolled: false,
    allowedMethods: [
      'EMAIL_OTP',
      'SMS',
      'WHATSAPP',
      'EMAIL_MAGIC_LINK',
      'AUTHENTICATOR_APP',
      'PASSKEY',
      'SECURITY_KEY',
    ],
    redirectToSettings: false,
  })

  await enrolEmail(local, 'u1', 'jane@example.com')
  local.rules.add({ outcome: 'CHALLENGE', methods: ['SMS'] })
  const attributes = {
    redirectUrl: 'https://app.example.com',
    redirectToSettings: true,
    scope: 'add:authenticators',
    locale: 'de',
    email: 'new@example.com',
    phoneNumber: '+6421123456',
  }
  const { scope, ...told } = attributes
  const { token } = await server.track({ userId: 'u1', action: 'signIn', attributes })
  t.strictSame((await context(token)).body, {
    actionCode: 'signIn',
    state: 'CHALLENGE_REQUIRED',
    scopes: [scope],
    isEnrolled: true,
    allowedMethods: ['SMS'],
    ...told,
  })

  isError(t, await context('nonsense'), [401, 'unauthorized'])
  local.clock.advance(11 * MINUTE)
  isError(t, await context(token), [401, 'expired_token'])
})
