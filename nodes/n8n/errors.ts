import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { InvalidInput, TeamogyError } from '../api/transport/errors';

/** The error n8n shows: what happened, what to do, which item. */
export function toNodeError(node: INode, error: unknown, itemIndex?: number, addition = ''): Error {
	const at = itemIndex === undefined ? '' : ` [item ${itemIndex}]`;
	const toOptions = (message: string, description: string) => ({
		message: `${message}${at}`,
		description: [description, addition].filter(Boolean).join(' '),
		itemIndex,
	});
	if (error instanceof InvalidInput) {
		const { message, ...options } = toOptions(error.message, error.hint);
		return new NodeOperationError(node, message, options);
	}
	if (error instanceof TeamogyError) {
		const options = toOptions(error.message, error.description);
		return new NodeApiError(
			node,
			{ message: options.message },
			{ ...options, httpCode: error.status?.toString(), failure: error.n8nFailure },
		);
	}
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	return new NodeOperationError(node, error as Error, {
		itemIndex,
		description: addition || undefined,
	});
}
