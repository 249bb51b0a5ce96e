/** What a new rule begins as: it loads as it is, so that the first change is the first fault. */
export const templateOf = (id: string): string => `title: What is looked for
id: ${id}
status: experimental
description: What it sees
author: Your name
logsource: { product: surety, service: azure-activity }
detection:
  selection:
    operation: microsoft.compute/virtualmachines/write
    outcome: success
  condition: selection
falsepositives:
  - When it may be right
level: medium
surety:
  titleSv: Vad som söks
  family: misuse
  abuse: [A4]
  why: Why it matters to a reseller
  sources: [azure-activity]
  fold: [actor.id]
`;
