import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

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

/**
 * The error item of an input item.
 *
 * @param writes says what is written already, for the error that stops the node
 * @throws NodeApiError or NodeOperationError where the node stops on errors
 */
export function toErrorItem(
	executeFunctions: IExecuteFunctions,
	error: unknown,
	index: number,
	writes = '',
): INodeExecutionData {
	const node = executeFunctions.getNode();
	if (!executeFunctions.continueOnFail()) throw toNodeError(node, error, index, writes);
	const { message, description } = toNodeError(node, error, index) as NodeOperationError;
	// n8n recognizes an error item by exactly these keys (with `details` only from 2.36) and then adds the
	// input's fields on the error output.
	const json: IDataObject = description
		? { error: message, message: description }
		: { error: message };
	return { json, pairedItem: { item: index } };
}
