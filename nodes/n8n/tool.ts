import type { IExecuteFunctions } from 'n8n-workflow';

/** Whether an agent's tool runs. n8n's own word for a tool, isToolExecution, is missing before 2.20. */
export const isTool = (context: IExecuteFunctions): boolean => 'getNextRunIndex' in context;
