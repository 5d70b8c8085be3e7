import t from 'tap'
import { derivedKey } from '../../src/trigger-protocol/derived-key.ts'
import { readExistenceHint, writeExistenceHint } from '../../src/trigger-protocol/existence-hint.ts'

const KEY = Buffer.alloc(32, 1)

t.test('a hint tells whoever has the key whether there is a user', (t) => {
  t.equal(readExistenceHint(KEY, writeExistenceHint(KEY, true)), true)
  t.equal(readExistenceHint(KEY, writeExistenceHint(KEY, false)), false)
  t.end()
})

t.test('to everybody else it is noise: same length, never the same, not readable', (t) => {
  const known = Array.from({ length: 20 }, () => writeExistenceHint(KEY, true))
  const unknown = Array.from({ length: 20 }, () => writeExistenceHint(KEY, false))
  t.equal(new Set([...known, ...unknown]).size, 40)
  t.strictSame(new Set([...known, ...unknown].map((hint) => hint.length)), new Set([64]))
  for (const hint of [...known, ...unknown]) {
    t.equal(readExistenceHint(Buffer.alloc(32, 2), hint), undefined)
    t.equal(readExistenceHint(Buffer.alloc(0), hint), undefined)
  }
  t.end()
})

t.test('a hint that is missing, cut, altered or made up is no hint', (t) => {
  const hint = writeExistenceHint(KEY, true)
  const bytes = Buffer.from(hint, 'base64url')
  const altered = [...bytes.keys()].map((at) => {
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] ?? 0) ^ 128
    return copy.toString('base64url')
  })
  const cut = [...bytes.keys()].map((at) => bytes.subarray(0, at).toString('base64url'))
  for (const bad of [undefined, '', 'true', `${hint}AAAA`, hint + hint, ...altered, ...cut]) {
    t.equal(readExistenceHint(KEY, bad), undefined)
  }
  t.end()
})

t.test('each purpose has a key of its own, the same in every process', (t) => {
  const hint = derivedKey('secret', 'hint')
  t.equal(hint.symmetricKeySize, 32)
  t.ok(derivedKey('secret', 'hint').equals(hint))
  t.notOk(derivedKey('secret', 'context').equals(hint))
  t.notOk(derivedKey('secret2', 'hint').equals(hint))
  t.notOk(hint.export().includes('secret'))
  t.end()
})
