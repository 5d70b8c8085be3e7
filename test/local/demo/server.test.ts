import { readFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { buildDemo } from '../../../local/demo/build.ts'
import { startDemo } from '../../../local/demo/server.ts'

const UPSTREAMS = {
  apiUrl: 'http://localhost:3000',
  authsignalUrl: 'http://localhost:9230/v1',
  tenantId: 'local',
}

async function demoOf(t: Test): Promise<string> {
  const assetsDir = t.testdir({ 'index.html': '<h1>', 'app.js': '0', 'styles.css': 'p{}' })
  const demo = await startDemo({ port: 0, assetsDir, ...UPSTREAMS })
  t.teardown(() => demo.close())
  return demo.url
}

t.test('serves the three files of the page, each as what it is', async (t) => {
  const url = await demoOf(t)
  const served = [
    ['/', '<h1>', 'text/html; charset=utf-8'],
    ['/app.js', '0', 'text/javascript; charset=utf-8'],
    ['/styles.css', 'p{}', 'text/css; charset=utf-8'],
  ] as const
  for (const [path, content, type] of served) {
    const response = await fetch(url + path)
    t.equal(response.headers.get('content-type'), type)
    t.equal(response.headers.get('x-content-type-options'), 'nosniff')
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

t.test('tells the page where its service is', async (t) => {
  const response = await fetch(`${await demoOf(t)}/config.json`)
  t.strictSame(await response.json(), UPSTREAMS)
})

t.test('lets the page talk to itself and the two services only', async (t) => {
  const url = await demoOf(t)
  for (const path of ['/', '/config.json', '/nothing-here']) {
    const { headers } = await fetch(url + path)
    t.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; script-src 'self'; style-src 'self'; " +
        "connect-src 'self' http://localhost:3000 http://localhost:9230; " +
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
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
