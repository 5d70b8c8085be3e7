import t from 'tap'
import { takeReturned } from '../../../../local/demo/client/take-returned.ts'

function openedAt(href: string) {
  const replaced: string[] = []
  const history = {
    replaceState: (_data: null, _unused: string, url: string) => void replaced.push(url),
  }
  return { returned: takeReturned({ location: { href }, history }), replaced }
}

t.test('takes the token out of the URL', (t) => {
  const { returned, replaced } = openedAt('http://localhost:3080/callback?x=1&token=a.b.c')
  t.strictSame(returned, { token: 'a.b.c' })
  t.strictSame(replaced, ['/'])
  t.end()
})

t.test('coming back without a token is still coming back', (t) => {
  for (const query of ['', '?token=', '?state=1']) {
    const { returned, replaced } = openedAt(`http://localhost:3080/callback${query}`)
    t.strictSame(returned, {})
    t.strictSame(replaced, ['/'])
  }
  t.end()
})

t.test('anywhere else a token is nobody’s', (t) => {
  for (const path of ['/', '/?token=x', '/callback/?token=x', '/other?token=x']) {
    const { returned, replaced } = openedAt(`http://localhost:3080${path}`)
    t.equal(returned, undefined, path)
    t.strictSame(replaced, [])
  }
  t.end()
})
