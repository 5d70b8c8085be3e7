import t from 'tap'
import { memoryLock } from '../../src/shared-state/memory-lock.ts'
import { behavesAsLock } from './support.ts'

t.test('one after the other', (t) => behavesAsLock(t, memoryLock()))
