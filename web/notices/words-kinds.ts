import { defineWords } from "../i18n/define.ts";

/** Microsoft's alert types as the parser spells them. The list grows without notice: a type that is not here is shown as sent. */
export const alertKindWords = defineWords({
  en: {
    "notices.kind.networkConnectionsToCryptoMiningPools": "Connections to crypto-mining pools",
    "notices.kind.CryptoMining": "Crypto mining",
    "notices.kind.usageAnomalyDetection": "Unusual growth in usage",
    "notices.kind.virtualMachineDeploymentAnomaly": "Unusual number of virtual machines started",
    "notices.kind.multiRegionVirtualMachineScaleSetDeploymentAnomaly": "Scale sets started in many regions",
    "notices.kind.multiRegionMachineLearningUsageAnomaly": "Machine-learning compute in many regions",
    "notices.kind.serviceHealthSecurityAdvisory": "Security advisory sent to the customer",
    "notices.kind.ARM_AnomalousResourceConsumption": "Unusual consumption of resources",
    "notices.kind.ARM_SuspiciousOperations": "Suspicious management operations",
    "notices.kind.VM_AnomalousDeployment": "Unusual virtual machines deployed",
    "notices.kind.AzureBatch_AnomalousDeployment": "Unusual Azure Batch deployment",
    "notices.kind.AzureContainerInstances_AnomalousDeployment": "Unusual container instances deployed",
    "notices.kind.AzureMachineLearning_AnomalousDeployment": "Unusual machine-learning deployment",
    "notices.kind.unknown": "Azure fraud event of a type not told",
  },
  sv: {
    "notices.kind.networkConnectionsToCryptoMiningPools": "Trafik till pooler för kryptobrytning",
    "notices.kind.CryptoMining": "Kryptobrytning",
    "notices.kind.usageAnomalyDetection": "Ovanlig ökning av förbrukning",
    "notices.kind.virtualMachineDeploymentAnomaly": "Ovanligt många virtuella datorer startade",
    "notices.kind.multiRegionVirtualMachineScaleSetDeploymentAnomaly": "Skalningsuppsättningar i många regioner",
    "notices.kind.multiRegionMachineLearningUsageAnomaly": "Maskininlärning i många regioner",
    "notices.kind.serviceHealthSecurityAdvisory": "Säkerhetsråd skickat till kunden",
    "notices.kind.ARM_AnomalousResourceConsumption": "Ovanlig förbrukning av resurser",
    "notices.kind.ARM_SuspiciousOperations": "Misstänkta hanteringsåtgärder",
    "notices.kind.VM_AnomalousDeployment": "Ovanliga virtuella datorer skapade",
    "notices.kind.AzureBatch_AnomalousDeployment": "Ovanlig användning av Azure Batch",
    "notices.kind.AzureContainerInstances_AnomalousDeployment": "Ovanliga containerinstanser skapade",
    "notices.kind.AzureMachineLearning_AnomalousDeployment": "Ovanlig maskininlärning skapad",
    "notices.kind.unknown": "Azure-bedrägeri av typ som inte angavs",
  },
});
