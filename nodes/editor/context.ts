import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { unitOf } from '../api/account';
import { EVERY_VIEW } from '../api/catalog';
import { nodeError } from '../context/nodeError';
import { resourceOf } from '../operations/registry';
import { viewGiven } from '../parameters/given';

/** The view and unit the parameters now in the editor point at. */
export function chosen(context: ILoadOptionsFunctions) {
	const parameter = (name: string) => context.getCurrentNodeParameter(name);
	// A trigger has no resources: it chooses among all views.
	const value = parameter('resource');
	const resource = value === undefined ? EVERY_VIEW : resourceOf(String(value));
	const unit = parameter('options.unitId');
	return {
		resource,
		unitId: unit === undefined || unit === '' ? undefined : unitOf(unit),
		view: viewGiven(resource, parameter),
	};
}

/** Runs what an editor list needs; what goes wrong is shown in the list as the node would say it. */
export async function shown<T>(context: ILoadOptionsFunctions, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw nodeError(context.getNode(), error);
	}
}
