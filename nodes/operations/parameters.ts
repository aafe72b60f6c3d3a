import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { ALL_RESOURCES, type Resource } from '../api/schema/resources';
import { listOperations, OPERATIONS } from './registry';

const buildOperationParameter = (resource: Resource): INodeProperties => {
	const operations = listOperations(resource);
	const { value: defaultOperation } =
		operations.find(({ value }) => value === 'getAll') ?? operations[0];
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource.value] } },
		options: operations.map((operation) => ({
			name: operation.name,
			value: operation.value,
			...operation.describe(resource),
		})),
		default: defaultOperation,
	};
};

const resourceParameter: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: ALL_RESOURCES.map(({ name, value, description }) => ({ name, value, description })),
	default: 'job',
};

/** All parameters of the node, built from the catalog and the operations. */
export const parameters: INodeProperties[] = [
	resourceParameter,
	...ALL_RESOURCES.map(buildOperationParameter),
	...OPERATIONS.flatMap((operation) => {
		const resources = ALL_RESOURCES.filter((resource) => operation.isOfferedBy(resource));
		const show = { operation: [operation.value] };
		return operation.parameters(resources).flatMap((parameter) => {
			const isForAll = parameter.displayOptions?.show?.resource === undefined;
			const showForAll = { ...show, resource: resources.map(({ value }) => value) };
			return updateDisplayOptions({ show: isForAll ? showForAll : show }, [parameter]);
		});
	}),
];
