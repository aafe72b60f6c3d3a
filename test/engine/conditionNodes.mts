import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { StandIn } from './standIn.mts';

/** Items that meet the conditions and those that do not, decided by n8n's own filter parameter. */
function separate(context: IExecuteFunctions): INodeExecutionData[][] {
	const met: INodeExecutionData[] = [];
	const unmet: INodeExecutionData[] = [];
	context.getInputData().forEach((item, index) => {
		const isMet = context.getNodeParameter('conditions', index, false, { extractValue: true });
		(isMet ? met : unmet).push(item);
	});
	return [met, unmet];
}

const common = {
	versions: [2, 2.1, 2.2, 2.3],
	defaults: { conditions: {}, looseTypeValidation: false, options: {} },
	covers: {
		conditions: 'any',
		looseTypeValidation: [true, false],
		options: { fields: { ignoreCase: [true, false], looseTypeValidation: [true, false] } },
	},
	properties: { conditions: { type: 'filter', typeOptions: { filter: { version: 2 } } } },
} satisfies Partial<StandIn>;

/** Stand-ins for Filter and If: the conditions are n8n's own filter parameter. */
export const conditionNodes: StandIn[] = [
	{
		...common,
		type: 'n8n-nodes-base.filter',
		displayName: 'Filter',
		execute: separate,
	},
	{
		...common,
		type: 'n8n-nodes-base.if',
		displayName: 'If',
		outputs: 2,
		execute: separate,
	},
];
