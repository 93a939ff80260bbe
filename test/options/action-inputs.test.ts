import { describe, expect, test } from 'vitest'
import { inputTexts } from '../../kit/options/texts.ts'
import { unknownInputs } from '../../src/options/action-inputs.ts'
import { fromInputs } from '../../src/options/inputs-of-step.ts'

describe("the step's inputs", () => {
  test('are read from the variables in which the runner passes them', () => {
    const raw = fromInputs({
      'INPUT_VIRTUAL-SERVICE': 'tcp-echo',
      INPUT_WEIGHT: ' 20 ',
      INPUT_PAYLOAD: '',
      INPUT_VIRTUAL_SERVICE: 'not this one',
      weight: 'nor this one',
    })
    expect(raw('virtual-service')).toBe('tcp-echo')
    expect(raw('weight')).toBe(' 20 ')
    expect(raw('payload')).toBe('')
    expect(raw('namespace')).toBeUndefined()
  })

  test('are reported if they are spelled like an existing one, without their values', () => {
    const problems = unknownInputs({
      INPUT_MDOE: 'verify',
      'INPUT_ON-FAILIURE': 'keep',
      INPUT_VIRTUAL_SERVICE: 'tcp-echo',
      INPUT_WEIGHT: '20',
      INPUT_KUBECONFG: 'token: secret',
    })
    expect(inputTexts(problems)).toEqual([
      'There is no input mdoe. Did you mean mode?',
      'There is no input on-failiure. Did you mean on-failure?',
      'There is no input virtual_service. Did you mean virtual-service?',
      'There is no input kubeconfg. Did you mean kubeconfig?',
    ])
  })

  test("are not confused with the job's own variables or with empty ones", () => {
    const environment = { INPUT_TAG: 'v1.2.3', INPUT_WEIGTH: ' ', INPUT_: 'x', WEIGTH: '20' }
    expect(unknownInputs(environment)).toEqual([])
  })

  test('are taken for other words if they are short and one letter differs', () => {
    expect(unknownInputs({ INPUT_NODE: '20', INPUT_DATE: 'today', INPUT_GATE: 'x' })).toEqual([])
    expect(unknownInputs({ INPUT_RTAE: '20' })).toHaveLength(1)
  })
})
