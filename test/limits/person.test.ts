import t from 'tap'
import { person } from '../../src/limits/person.ts'
import { parseIdentifier } from '../../src/sign-in/identifier.ts'

const of = (input: Parameters<typeof parseIdentifier>[0]) => person(parseIdentifier(input))

t.test('all spellings that lead to one person count as one', (t) => {
  const groups: Parameters<typeof of>[0][][] = [
    [{ email: 'ada@example.com' }, { email: ' ADA@Example.com' }, { email: 'ada+9@example.com' }],
    [
      { email: 'ada.l@gmail.com' },
      { email: 'a.d.a.l+x+y@gmail.com' },
      { email: 'adal@googlemail.com' },
    ],
    [{ phoneNumber: '+6421234567' }, { phoneNumber: '+64 (21) 234-567' }],
    [{ username: 'Ada' }, { username: 'ada' }, { username: '\uff41da' }],
  ]
  const names = groups.map((group) => new Set(group.map(of)))
  for (const [index, group] of names.entries()) t.equal(group.size, 1, `group ${index}`)
  t.equal(new Set(names.flatMap((group) => [...group])).size, groups.length)
  t.end()
})

t.test('others are others', (t) => {
  t.not(of({ email: 'a.da@example.com' }), of({ email: 'ada@example.com' }))
  t.not(of({ email: 'ada@example.com' }), of({ email: 'ada@example.org' }))
  t.not(of({ username: '6421234567' }), of({ phoneNumber: '+6421234567' }))
  t.end()
})
