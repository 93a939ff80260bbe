import { describe, expect, test } from 'vitest'
import { evaluate, filledIn, holds, type World } from './support/expressions.ts'

function world(status: Partial<World['status']> = {}): World {
  return {
    contexts: {
      inputs: { steps: '[5, 25]', subset: 'v2', empty: '' },
      needs: { 'step-1': { result: 'failure', outputs: { weights: '{"v1":95,"v2":5}' } } },
      steps: {},
    },
    status: { success: true, failure: false, cancelled: false, always: true, ...status },
  }
}

describe('an expression of the workflows', () => {
  test.each([
    ['fromJSON(inputs.steps)[0]', 5],
    ['fromJSON(inputs.steps)[2]', null],
    ['fromJSON(inputs.steps)[2] != null', false],
    ['fromJSON(inputs.steps)[2] || fromJSON(inputs.steps)[1]', 25],
    ["join(fromJSON(inputs.steps), ' ')", '5 25'],
    ["needs.step-1.result == 'FAILURE'", true],
    ["needs.step-1['result'] == 'success'", false],
    ['needs.step-2.outputs.weights', null],
    ['contains(needs.step-1.outputs.weights, format(\'"{0}":\', inputs.subset))', true],
    ["inputs.empty || 'other'", 'other'],
    ["inputs.subset && 'yes' || 'no'", 'yes'],
    ["!(inputs.empty) && 'it''s'", "it's"],
    ['steps.none.outputs.any', null],
  ])('%s is %j, as on GitHub', (expression, value) => {
    expect(evaluate(expression, world())).toEqual(value)
  })

  test('fails if it names an input that is not there, or a function that is not supported', () => {
    expect(() => evaluate('inputs.step', world())).toThrow('no value for inputs.step')
    expect(() => evaluate('hashFiles()', world())).toThrow('unsupported function hashFiles')
    expect(() => evaluate('inputs.steps inputs.subset', world())).toThrow('unsupported expression')
  })

  test('becomes text in a value, and null becomes nothing', () => {
    expect(filledIn(`a \${{ inputs.subset }} b \${{ needs.none.result }}`, world())).toBe('a v2 b ')
  })
})

test('a condition needs success() unless it asks for another status', () => {
  const failed = world({ success: false, failure: true })
  expect(holds("inputs.subset == 'v2'", world())).toBe(true)
  expect(holds("inputs.subset == 'v2'", failed)).toBe(false)
  expect(holds(`\${{ failure() && inputs.subset == 'v2' }}`, failed)).toBe(true)
  expect(holds('always()', failed)).toBe(true)
})
