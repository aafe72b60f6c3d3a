import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { InvalidInput, TeamogyError } from '../api/errors';

/** The error n8n shows: what happened, what to do, which item. */
export function nodeError(node: INode, error: unknown, itemIndex?: number, addition = ''): Error {
	const at = itemIndex === undefined ? '' : ` [item ${itemIndex}]`;
	const told = (message: string, description: string) => ({
		message: `${message}${at}`,
		description: [description, addition].filter(Boolean).join(' '),
		itemIndex,
	});
	if (error instanceof InvalidInput) {
		const { message, ...options } = told(error.message, error.remedy);
		return new NodeOperationError(node, message, options);
	}
	if (error instanceof TeamogyError) {
		const options = told(error.message, error.description);
		return new NodeApiError(
			node,
			{ message: options.message },
			{ ...options, httpCode: error.status?.toString(), failure: error.failure },
		);
	}
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	return new NodeOperationError(node, error as Error, {
		itemIndex,
		description: addition || undefined,
	});
}
