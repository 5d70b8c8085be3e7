import { readFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { buildDemo } from '../../../local/demo/build.ts'
import { startDemo, type DemoOptions } from '../../../local/demo/server.ts'

const UPSTREAMS = {
  apiUrl: 'http://localhost:3000',
  authsignalUrl: 'http://localhost:9230/v1',
  tenantId: 'local',
}

async function demoOf(t: Test, more: Partial<DemoOptions> = {}): Promise<string> {
  const assetsDir = t.testdir({ 'index.html': '<h1>', 'app.js': '0', 'styles.css': 'p{}' })
  const demo = await startDemo({ port: 0, assetsDir, ...UPSTREAMS, ...more })
  t.teardown(() => demo.close())
  return demo.url
}

t.test('serves the three files of the page, each as what it is', async (t) => {
  const url = await demoOf(t)
  const served = [
    ['/', '<h1>', 'text/html; charset=utf-8'],
    ['/callback?token=x', '<h1>', 'text/html; charset=utf-8'],
    ['/app.js', '0', 'text/javascript; charset=utf-8'],
    ['/styles.css', 'p{}', 'text/css; charset=utf-8'],
  ] as const
  for (const [path, content, type] of served) {
    const response = await fetch(url + path)
    t.equal(response.headers.get('content-type'), type)
    t.equal(response.headers.get('x-content-type-options'), 'nosniff')
    t.equal(response.headers.get('referrer-policy'), 'no-referrer')
    t.equal(await response.text(), content)
  }
})

t.test('serves nothing else', async (t) => {
  const url = await demoOf(t)
  for (const path of ['/main.ts', '/app.js.map', '/..%2fpackage.json', '/local/messages']) {
    t.equal((await fetch(url + path)).status, 404, path)
  }
  t.equal((await fetch(url, { method: 'POST' })).status, 404)
})

t.test('tells the page where its services are', async (t) => {
  const response = await fetch(`${await demoOf(t)}/config.json`)
  t.strictSame(await response.json(), UPSTREAMS)
  const idTokenUrl = 'http://localhost:9231'
  const withProvider = await fetch(`${await demoOf(t, { idTokenUrl })}/config.json`)
  t.strictSame(await withProvider.json(), { ...UPSTREAMS, idTokenUrl })
})

t.test('lets the page talk to its services and show Authsignal’s page, no more', async (t) => {
  const url = await demoOf(t, { idTokenUrl: 'http://localhost:9231/x' })
  for (const path of ['/', '/callback', '/config.json', '/nothing-here']) {
    const { headers } = await fetch(url + path)
    const policy = new Map(
      (headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
        const [name, ...sources] = directive.split(' ')
        return [name, sources.join(' ')]
      }),
    )
    t.match(policy.get('style-src'), /^'self' 'sha256-[\w+/]{43}='$/)
    policy.delete('style-src')
    t.strictSame(
      Object.fromEntries(policy),
      {
        'default-src': "'none'",
        'script-src': "'self'",
        'connect-src': "'self' http://localhost:3000 http://localhost:9230 http://localhost:9231",
        'frame-src': 'http://localhost:9230',
        'img-src': "'self' data:",
        'base-uri': "'none'",
        'form-action': "'none'",
        'frame-ancestors': "'none'",
      },
      path,
    )
  }
})

t.test('the built page keeps to its policy: no inline script, style or handler', async (t) => {
  const outDir = t.testdir()
  await buildDemo(outDir)
  const page = await readFile(`${outDir}/index.html`, 'utf8')
  t.match(page, '<script type="module" src="app.js"></script>')
  t.notMatch(page, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/)
  t.notMatch(page, /(?:src|href)="(?:https?:)?\/\//)
  t.match(await readFile(`${outDir}/app.js`, 'utf8'), /start-sign-in/)
  t.match(await readFile(`${outDir}/styles.css`, 'utf8'), /prefers-color-scheme: dark/)
})

t.test('the token leaves the URL before any other code of the page runs', async (t) => {
  const outDir = t.testdir()
  await buildDemo(outDir)
  const script = await readFile(`${outDir}/app.js`, 'utf8')
  const first = script.indexOf('takeReturned(window)')
  t.ok(first > 0)
  for (const later of ['new BroadcastChannel', 'new Words', 'fetch(', 'a11y-dialog']) {
    t.ok(script.indexOf(later) > first, later)
  }
})
