import type { CountsGap } from '../../../evidence/proxies/counters-settings.ts'
import { countText } from '../../../rollout/model/percents.ts'
import { timeText } from '../../figures.ts'

/** What the counters of a proxy lack, and why. */
export function gapText({ proxy, fromMs, toMs, why, hosts = 0 }: CountsGap): string {
  const span = timeText(Math.max(0, toMs - fromMs))
  switch (why) {
    case 'restarted':
      return `${proxy} restarted. What it did in the ${span} since it was last read is not counted.`
    case 'gone':
      return `The Pod ${proxy} ended. What it did in the ${span} since it was last read is not counted.`
    case 'hosts':
      return `${proxy} removed ${countText(hosts)} ${hosts === 1 ? 'endpoint' : 'endpoints'} with what it had counted there. What went there in the ${span} before is not counted. With the statistics of its clusters it would be (docs/proxies.md).`
    case 'unreadable':
      return `${proxy} has not been readable for ${span}. Its counters are read again when it answers.`
  }
}
