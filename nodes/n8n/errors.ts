import {
	NodeApiError,
	NodeOperationError,
	type Failure,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

import { removeTags } from '../api/common/formatValue';
import { TeamogyError } from '../api/transport/errors';
import { DAY_MS } from '../api/transport/timing';
import { InvalidInput } from '../api/common/invalidInput';

/** Why a request failed, and how long to wait: n8n decides by it whether it tries again. */
export function toN8nFailure({ failureCause, requestFailure }: TeamogyError): Failure | undefined {
	if (failureCause !== 'rate-limited') return failureCause && { cause: failureCause };
	const retryAfterMs =
		requestFailure.kind === 'throttled' ? requestFailure.retryAfterMs : undefined;
	return {
		cause: failureCause,
		...(retryAfterMs && { retryAfterMs: Math.min(retryAfterMs, DAY_MS) }),
	};
}

/** The error n8n shows: what happened, what to do, which item. */
export function toNodeError(node: INode, error: unknown, itemIndex?: number, addition = ''): Error {
	if (error instanceof InvalidInput || error instanceof TeamogyError) {
		const item = itemIndex === undefined ? '' : ` [item ${itemIndex}]`;
		const message = removeTags(`${error.message}${item}`);
		const description = removeTags([error.description, addition].filter(Boolean).join(' '));
		const options = { message, description, itemIndex };
		if (error instanceof InvalidInput) return new NodeOperationError(node, message, options);
		const httpCode = error.status?.toString();
		return new NodeApiError(
			node,
			{ message },
			{ ...options, httpCode, failure: toN8nFailure(error) },
		);
	}
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	const description = addition || undefined;
	return new NodeOperationError(node, error as Error, { itemIndex, description });
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
	const json = description ? { error: message, message: description } : { error: message };
	return { json, pairedItem: { item: index } };
}
