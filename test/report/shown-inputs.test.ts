import { expect, test } from 'vitest'
import { NOT_SHOWN, shownInputs } from '../../src/report/shown-inputs.ts'

const GIVEN: Readonly<Record<string, string>> = {
  namespace: 'demo',
  weight: ' 20 ',
  steps: '',
  kubeconfig: 'users: [{user: {token: SECRET}}]',
  payload: 'AUTH SECRET',
  'probe-command': 'curl -H "token: SECRET"',
}

test('the report has the inputs that were given, and no text that may hold a secret', () => {
  const shown = shownInputs((name) => GIVEN[name])
  expect(shown).toEqual({
    namespace: 'demo',
    weight: '20',
    kubeconfig: NOT_SHOWN,
    payload: NOT_SHOWN,
    'probe-command': NOT_SHOWN,
  })
})

test('a text of any length is cut', () => {
  const { route = '' } = shownInputs(() => 'x'.repeat(1_000_000))
  expect(route.length).toBeLessThan(3000)
})
