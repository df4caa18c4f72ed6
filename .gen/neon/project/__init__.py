r'''
# `neon_project`

Refer to the Terraform Registry for docs: [`neon_project`](https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project).
'''
from pkgutil import extend_path
__path__ = extend_path(__path__, __name__)

import abc
import builtins
import datetime
import enum
import typing

import jsii
import publication
import typing_extensions

import typeguard
from importlib.metadata import version as _metadata_package_version
TYPEGUARD_MAJOR_VERSION = int(_metadata_package_version('typeguard').split('.')[0])

def check_type(argname: str, value: object, expected_type: typing.Any) -> typing.Any:
    if TYPEGUARD_MAJOR_VERSION <= 2:
        return typeguard.check_type(argname=argname, value=value, expected_type=expected_type) # type:ignore
    else:
        if isinstance(value, jsii._reference_map.InterfaceDynamicProxy): # pyright: ignore [reportAttributeAccessIssue]
           pass
        else:
            if TYPEGUARD_MAJOR_VERSION == 3:
                typeguard.config.collection_check_strategy = typeguard.CollectionCheckStrategy.ALL_ITEMS # type:ignore
                typeguard.check_type(value=value, expected_type=expected_type) # type:ignore
            else:
                typeguard.check_type(value=value, expected_type=expected_type, collection_check_strategy=typeguard.CollectionCheckStrategy.ALL_ITEMS) # type:ignore

from .._jsii import *

import cdktf as _cdktf_9a9027ec
import constructs as _constructs_77d1e7e8


class Project(
    _cdktf_9a9027ec.TerraformResource,
    metaclass=jsii.JSIIMeta,
    jsii_type="neon.project.Project",
):
    '''Represents a {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project neon_project}.'''

    def __init__(
        self,
        scope: _constructs_77d1e7e8.Construct,
        id: builtins.str,
        *,
        allowed_ips: typing.Optional[typing.Sequence[builtins.str]] = None,
        allowed_ips_protected_branches_only: typing.Optional[builtins.str] = None,
        block_public_connections: typing.Optional[builtins.str] = None,
        block_vpc_connections: typing.Optional[builtins.str] = None,
        branch: typing.Optional[typing.Union["ProjectBranch", typing.Dict[builtins.str, typing.Any]]] = None,
        compute_provisioner: typing.Optional[builtins.str] = None,
        default_branch_protected: typing.Optional[typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable]] = None,
        default_endpoint_settings: typing.Optional[typing.Union["ProjectDefaultEndpointSettings", typing.Dict[builtins.str, typing.Any]]] = None,
        enable_logical_replication: typing.Optional[builtins.str] = None,
        hipaa: typing.Optional[builtins.str] = None,
        history_retention_seconds: typing.Optional[jsii.Number] = None,
        maintenance_window: typing.Optional[typing.Union["ProjectMaintenanceWindow", typing.Dict[builtins.str, typing.Any]]] = None,
        name: typing.Optional[builtins.str] = None,
        org_id: typing.Optional[builtins.str] = None,
        pg_version: typing.Optional[jsii.Number] = None,
        quota: typing.Optional[typing.Union["ProjectQuota", typing.Dict[builtins.str, typing.Any]]] = None,
        region_id: typing.Optional[builtins.str] = None,
        store_password: typing.Optional[builtins.str] = None,
        connection: typing.Optional[typing.Union[typing.Union[_cdktf_9a9027ec.SSHProvisionerConnection, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.WinrmProvisionerConnection, typing.Dict[builtins.str, typing.Any]]]] = None,
        count: typing.Optional[typing.Union[jsii.Number, _cdktf_9a9027ec.TerraformCount]] = None,
        depends_on: typing.Optional[typing.Sequence[_cdktf_9a9027ec.ITerraformDependable]] = None,
        for_each: typing.Optional[_cdktf_9a9027ec.ITerraformIterator] = None,
        lifecycle: typing.Optional[typing.Union[_cdktf_9a9027ec.TerraformResourceLifecycle, typing.Dict[builtins.str, typing.Any]]] = None,
        provider: typing.Optional[_cdktf_9a9027ec.TerraformProvider] = None,
        provisioners: typing.Optional[typing.Sequence[typing.Union[typing.Union[_cdktf_9a9027ec.FileProvisioner, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.LocalExecProvisioner, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.RemoteExecProvisioner, typing.Dict[builtins.str, typing.Any]]]]] = None,
    ) -> None:
        '''Create a new {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project neon_project} Resource.

        :param scope: The scope in which to define this construct.
        :param id: The scoped construct ID. Must be unique amongst siblings in the same scope
        :param allowed_ips: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#allowed_ips Project#allowed_ips}.
        :param allowed_ips_protected_branches_only: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#allowed_ips_protected_branches_only Project#allowed_ips_protected_branches_only}.
        :param block_public_connections: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#block_public_connections Project#block_public_connections}.
        :param block_vpc_connections: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#block_vpc_connections Project#block_vpc_connections}.
        :param branch: branch block. Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#branch Project#branch}
        :param compute_provisioner: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#compute_provisioner Project#compute_provisioner}.
        :param default_branch_protected: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#default_branch_protected Project#default_branch_protected}.
        :param default_endpoint_settings: default_endpoint_settings block. Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#default_endpoint_settings Project#default_endpoint_settings}
        :param enable_logical_replication: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#enable_logical_replication Project#enable_logical_replication}.
        :param hipaa: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#hipaa Project#hipaa}.
        :param history_retention_seconds: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#history_retention_seconds Project#history_retention_seconds}.
        :param maintenance_window: maintenance_window block. Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#maintenance_window Project#maintenance_window}
        :param name: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#name Project#name}.
        :param org_id: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#org_id Project#org_id}.
        :param pg_version: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#pg_version Project#pg_version}.
        :param quota: quota block. Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#quota Project#quota}
        :param region_id: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#region_id Project#region_id}.
        :param store_password: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#store_password Project#store_password}.
        :param connection: 
        :param count: 
        :param depends_on: 
        :param for_each: 
        :param lifecycle: 
        :param provider: 
        :param provisioners: 
        '''
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__dccd077429041ff7d9d7b949782a8a3cb64c8bad2eacc91592bbd93a8bef8f2f)
            check_type(argname="argument scope", value=scope, expected_type=type_hints["scope"])
            check_type(argname="argument id", value=id, expected_type=type_hints["id"])
        config = ProjectConfig(
            allowed_ips=allowed_ips,
            allowed_ips_protected_branches_only=allowed_ips_protected_branches_only,
            block_public_connections=block_public_connections,
            block_vpc_connections=block_vpc_connections,
            branch=branch,
            compute_provisioner=compute_provisioner,
            default_branch_protected=default_branch_protected,
            default_endpoint_settings=default_endpoint_settings,
            enable_logical_replication=enable_logical_replication,
            hipaa=hipaa,
            history_retention_seconds=history_retention_seconds,
            maintenance_window=maintenance_window,
            name=name,
            org_id=org_id,
            pg_version=pg_version,
            quota=quota,
            region_id=region_id,
            store_password=store_password,
            connection=connection,
            count=count,
            depends_on=depends_on,
            for_each=for_each,
            lifecycle=lifecycle,
            provider=provider,
            provisioners=provisioners,
        )

        jsii.create(self.__class__, self, [scope, id, config])

    @jsii.member(jsii_name="generateConfigForImport")
    @builtins.classmethod
    def generate_config_for_import(
        cls,
        scope: _constructs_77d1e7e8.Construct,
        import_to_id: builtins.str,
        import_from_id: builtins.str,
        provider: typing.Optional[_cdktf_9a9027ec.TerraformProvider] = None,
    ) -> _cdktf_9a9027ec.ImportableResource:
        '''Generates CDKTF code for importing a Project resource upon running "cdktf plan ".

        :param scope: The scope in which to define this construct.
        :param import_to_id: The construct id used in the generated config for the Project to import.
        :param import_from_id: The id of the existing Project that should be imported. Refer to the {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#import import section} in the documentation of this resource for the id to use
        :param provider: ? Optional instance of the provider where the Project to import is found.
        '''
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__6a0813b260f43cd274f3620999fdd9eb8adf67d5f5b6cd798b5742537ed21721)
            check_type(argname="argument scope", value=scope, expected_type=type_hints["scope"])
            check_type(argname="argument import_to_id", value=import_to_id, expected_type=type_hints["import_to_id"])
            check_type(argname="argument import_from_id", value=import_from_id, expected_type=type_hints["import_from_id"])
            check_type(argname="argument provider", value=provider, expected_type=type_hints["provider"])
        return typing.cast(_cdktf_9a9027ec.ImportableResource, jsii.sinvoke(cls, "generateConfigForImport", [scope, import_to_id, import_from_id, provider]))

    @jsii.member(jsii_name="putBranch")
    def put_branch(
        self,
        *,
        database_name: typing.Optional[builtins.str] = None,
        name: typing.Optional[builtins.str] = None,
        role_name: typing.Optional[builtins.str] = None,
    ) -> None:
        '''
        :param database_name: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#database_name Project#database_name}.
        :param name: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#name Project#name}.
        :param role_name: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#role_name Project#role_name}.
        '''
        value = ProjectBranch(
            database_name=database_name, name=name, role_name=role_name
        )

        return typing.cast(None, jsii.invoke(self, "putBranch", [value]))

    @jsii.member(jsii_name="putDefaultEndpointSettings")
    def put_default_endpoint_settings(
        self,
        *,
        autoscaling_limit_max_cu: typing.Optional[jsii.Number] = None,
        autoscaling_limit_min_cu: typing.Optional[jsii.Number] = None,
        suspend_timeout_seconds: typing.Optional[jsii.Number] = None,
    ) -> None:
        '''
        :param autoscaling_limit_max_cu: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#autoscaling_limit_max_cu Project#autoscaling_limit_max_cu}.
        :param autoscaling_limit_min_cu: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#autoscaling_limit_min_cu Project#autoscaling_limit_min_cu}.
        :param suspend_timeout_seconds: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#suspend_timeout_seconds Project#suspend_timeout_seconds}.
        '''
        value = ProjectDefaultEndpointSettings(
            autoscaling_limit_max_cu=autoscaling_limit_max_cu,
            autoscaling_limit_min_cu=autoscaling_limit_min_cu,
            suspend_timeout_seconds=suspend_timeout_seconds,
        )

        return typing.cast(None, jsii.invoke(self, "putDefaultEndpointSettings", [value]))

    @jsii.member(jsii_name="putMaintenanceWindow")
    def put_maintenance_window(
        self,
        *,
        end_time: builtins.str,
        start_time: builtins.str,
        weekdays: typing.Sequence[jsii.Number],
    ) -> None:
        '''
        :param end_time: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#end_time Project#end_time}.
        :param start_time: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#start_time Project#start_time}.
        :param weekdays: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#weekdays Project#weekdays}.
        '''
        value = ProjectMaintenanceWindow(
            end_time=end_time, start_time=start_time, weekdays=weekdays
        )

        return typing.cast(None, jsii.invoke(self, "putMaintenanceWindow", [value]))

    @jsii.member(jsii_name="putQuota")
    def put_quota(
        self,
        *,
        active_time_seconds: typing.Optional[jsii.Number] = None,
        compute_time_seconds: typing.Optional[jsii.Number] = None,
        data_transfer_bytes: typing.Optional[jsii.Number] = None,
        logical_size_bytes: typing.Optional[jsii.Number] = None,
        written_data_bytes: typing.Optional[jsii.Number] = None,
    ) -> None:
        '''
        :param active_time_seconds: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#active_time_seconds Project#active_time_seconds}.
        :param compute_time_seconds: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#compute_time_seconds Project#compute_time_seconds}.
        :param data_transfer_bytes: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#data_transfer_bytes Project#data_transfer_bytes}.
        :param logical_size_bytes: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#logical_size_bytes Project#logical_size_bytes}.
        :param written_data_bytes: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#written_data_bytes Project#written_data_bytes}.
        '''
        value = ProjectQuota(
            active_time_seconds=active_time_seconds,
            compute_time_seconds=compute_time_seconds,
            data_transfer_bytes=data_transfer_bytes,
            logical_size_bytes=logical_size_bytes,
            written_data_bytes=written_data_bytes,
        )

        return typing.cast(None, jsii.invoke(self, "putQuota", [value]))

    @jsii.member(jsii_name="resetAllowedIps")
    def reset_allowed_ips(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetAllowedIps", []))

    @jsii.member(jsii_name="resetAllowedIpsProtectedBranchesOnly")
    def reset_allowed_ips_protected_branches_only(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetAllowedIpsProtectedBranchesOnly", []))

    @jsii.member(jsii_name="resetBlockPublicConnections")
    def reset_block_public_connections(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetBlockPublicConnections", []))

    @jsii.member(jsii_name="resetBlockVpcConnections")
    def reset_block_vpc_connections(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetBlockVpcConnections", []))

    @jsii.member(jsii_name="resetBranch")
    def reset_branch(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetBranch", []))

    @jsii.member(jsii_name="resetComputeProvisioner")
    def reset_compute_provisioner(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetComputeProvisioner", []))

    @jsii.member(jsii_name="resetDefaultBranchProtected")
    def reset_default_branch_protected(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetDefaultBranchProtected", []))

    @jsii.member(jsii_name="resetDefaultEndpointSettings")
    def reset_default_endpoint_settings(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetDefaultEndpointSettings", []))

    @jsii.member(jsii_name="resetEnableLogicalReplication")
    def reset_enable_logical_replication(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetEnableLogicalReplication", []))

    @jsii.member(jsii_name="resetHipaa")
    def reset_hipaa(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetHipaa", []))

    @jsii.member(jsii_name="resetHistoryRetentionSeconds")
    def reset_history_retention_seconds(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetHistoryRetentionSeconds", []))

    @jsii.member(jsii_name="resetMaintenanceWindow")
    def reset_maintenance_window(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetMaintenanceWindow", []))

    @jsii.member(jsii_name="resetName")
    def reset_name(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetName", []))

    @jsii.member(jsii_name="resetOrgId")
    def reset_org_id(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetOrgId", []))

    @jsii.member(jsii_name="resetPgVersion")
    def reset_pg_version(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetPgVersion", []))

    @jsii.member(jsii_name="resetQuota")
    def reset_quota(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetQuota", []))

    @jsii.member(jsii_name="resetRegionId")
    def reset_region_id(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetRegionId", []))

    @jsii.member(jsii_name="resetStorePassword")
    def reset_store_password(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetStorePassword", []))

    @jsii.member(jsii_name="synthesizeAttributes")
    def _synthesize_attributes(self) -> typing.Mapping[builtins.str, typing.Any]:
        return typing.cast(typing.Mapping[builtins.str, typing.Any], jsii.invoke(self, "synthesizeAttributes", []))

    @jsii.member(jsii_name="synthesizeHclAttributes")
    def _synthesize_hcl_attributes(self) -> typing.Mapping[builtins.str, typing.Any]:
        return typing.cast(typing.Mapping[builtins.str, typing.Any], jsii.invoke(self, "synthesizeHclAttributes", []))

    @jsii.python.classproperty
    @jsii.member(jsii_name="tfResourceType")
    def TF_RESOURCE_TYPE(cls) -> builtins.str:
        return typing.cast(builtins.str, jsii.sget(cls, "tfResourceType"))

    @builtins.property
    @jsii.member(jsii_name="branch")
    def branch(self) -> "ProjectBranchOutputReference":
        return typing.cast("ProjectBranchOutputReference", jsii.get(self, "branch"))

    @builtins.property
    @jsii.member(jsii_name="connectionUri")
    def connection_uri(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "connectionUri"))

    @builtins.property
    @jsii.member(jsii_name="connectionUriPooler")
    def connection_uri_pooler(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "connectionUriPooler"))

    @builtins.property
    @jsii.member(jsii_name="databaseHost")
    def database_host(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "databaseHost"))

    @builtins.property
    @jsii.member(jsii_name="databaseHostPooler")
    def database_host_pooler(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "databaseHostPooler"))

    @builtins.property
    @jsii.member(jsii_name="databaseName")
    def database_name(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "databaseName"))

    @builtins.property
    @jsii.member(jsii_name="databasePassword")
    def database_password(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "databasePassword"))

    @builtins.property
    @jsii.member(jsii_name="databaseUser")
    def database_user(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "databaseUser"))

    @builtins.property
    @jsii.member(jsii_name="defaultBranchId")
    def default_branch_id(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "defaultBranchId"))

    @builtins.property
    @jsii.member(jsii_name="defaultEndpointId")
    def default_endpoint_id(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "defaultEndpointId"))

    @builtins.property
    @jsii.member(jsii_name="defaultEndpointSettings")
    def default_endpoint_settings(
        self,
    ) -> "ProjectDefaultEndpointSettingsOutputReference":
        return typing.cast("ProjectDefaultEndpointSettingsOutputReference", jsii.get(self, "defaultEndpointSettings"))

    @builtins.property
    @jsii.member(jsii_name="id")
    def id(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "id"))

    @builtins.property
    @jsii.member(jsii_name="maintenanceWindow")
    def maintenance_window(self) -> "ProjectMaintenanceWindowOutputReference":
        return typing.cast("ProjectMaintenanceWindowOutputReference", jsii.get(self, "maintenanceWindow"))

    @builtins.property
    @jsii.member(jsii_name="quota")
    def quota(self) -> "ProjectQuotaOutputReference":
        return typing.cast("ProjectQuotaOutputReference", jsii.get(self, "quota"))

    @builtins.property
    @jsii.member(jsii_name="allowedIpsInput")
    def allowed_ips_input(self) -> typing.Optional[typing.List[builtins.str]]:
        return typing.cast(typing.Optional[typing.List[builtins.str]], jsii.get(self, "allowedIpsInput"))

    @builtins.property
    @jsii.member(jsii_name="allowedIpsProtectedBranchesOnlyInput")
    def allowed_ips_protected_branches_only_input(
        self,
    ) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "allowedIpsProtectedBranchesOnlyInput"))

    @builtins.property
    @jsii.member(jsii_name="blockPublicConnectionsInput")
    def block_public_connections_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "blockPublicConnectionsInput"))

    @builtins.property
    @jsii.member(jsii_name="blockVpcConnectionsInput")
    def block_vpc_connections_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "blockVpcConnectionsInput"))

    @builtins.property
    @jsii.member(jsii_name="branchInput")
    def branch_input(self) -> typing.Optional["ProjectBranch"]:
        return typing.cast(typing.Optional["ProjectBranch"], jsii.get(self, "branchInput"))

    @builtins.property
    @jsii.member(jsii_name="computeProvisionerInput")
    def compute_provisioner_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "computeProvisionerInput"))

    @builtins.property
    @jsii.member(jsii_name="defaultBranchProtectedInput")
    def default_branch_protected_input(
        self,
    ) -> typing.Optional[typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable]]:
        return typing.cast(typing.Optional[typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable]], jsii.get(self, "defaultBranchProtectedInput"))

    @builtins.property
    @jsii.member(jsii_name="defaultEndpointSettingsInput")
    def default_endpoint_settings_input(
        self,
    ) -> typing.Optional["ProjectDefaultEndpointSettings"]:
        return typing.cast(typing.Optional["ProjectDefaultEndpointSettings"], jsii.get(self, "defaultEndpointSettingsInput"))

    @builtins.property
    @jsii.member(jsii_name="enableLogicalReplicationInput")
    def enable_logical_replication_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "enableLogicalReplicationInput"))

    @builtins.property
    @jsii.member(jsii_name="hipaaInput")
    def hipaa_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "hipaaInput"))

    @builtins.property
    @jsii.member(jsii_name="historyRetentionSecondsInput")
    def history_retention_seconds_input(self) -> typing.Optional[jsii.Number]:
        return typing.cast(typing.Optional[jsii.Number], jsii.get(self, "historyRetentionSecondsInput"))

    @builtins.property
    @jsii.member(jsii_name="maintenanceWindowInput")
    def maintenance_window_input(self) -> typing.Optional["ProjectMaintenanceWindow"]:
        return typing.cast(typing.Optional["ProjectMaintenanceWindow"], jsii.get(self, "maintenanceWindowInput"))

    @builtins.property
    @jsii.member(jsii_name="nameInput")
    def name_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "nameInput"))

    @builtins.property
    @jsii.member(jsii_name="orgIdInput")
    def org_id_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "orgIdInput"))

    @builtins.property
    @jsii.member(jsii_name="pgVersionInput")
    def pg_version_input(self) -> typing.Optional[jsii.Number]:
        return typing.cast(typing.Optional[jsii.Number], jsii.get(self, "pgVersionInput"))

    @builtins.property
    @jsii.member(jsii_name="quotaInput")
    def quota_input(self) -> typing.Optional["ProjectQuota"]:
        return typing.cast(typing.Optional["ProjectQuota"], jsii.get(self, "quotaInput"))

    @builtins.property
    @jsii.member(jsii_name="regionIdInput")
    def region_id_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "regionIdInput"))

    @builtins.property
    @jsii.member(jsii_name="storePasswordInput")
    def store_password_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "storePasswordInput"))

    @builtins.property
    @jsii.member(jsii_name="allowedIps")
    def allowed_ips(self) -> typing.List[builtins.str]:
        return typing.cast(typing.List[builtins.str], jsii.get(self, "allowedIps"))

    @allowed_ips.setter
    def allowed_ips(self, value: typing.List[builtins.str]) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__1f0e48d37636e18b51cfa5cdcdc14b85799ce45ec051f57c9f32b1608fc7e716)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "allowedIps", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="allowedIpsProtectedBranchesOnly")
    def allowed_ips_protected_branches_only(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "allowedIpsProtectedBranchesOnly"))

    @allowed_ips_protected_branches_only.setter
    def allowed_ips_protected_branches_only(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__e76494f08ce1f942609456c055a5534c9f8d94b93efc9bc8c258cfee0838b86d)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "allowedIpsProtectedBranchesOnly", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="blockPublicConnections")
    def block_public_connections(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "blockPublicConnections"))

    @block_public_connections.setter
    def block_public_connections(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__323ba82c9038debd361db330ba9134b54293d556c020a34cc943cbc1ccc4a37e)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "blockPublicConnections", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="blockVpcConnections")
    def block_vpc_connections(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "blockVpcConnections"))

    @block_vpc_connections.setter
    def block_vpc_connections(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__c57bc5e4bc9d168d1e991dea74423f4d122757ed58cdb14346fc87e73bd96443)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "blockVpcConnections", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="computeProvisioner")
    def compute_provisioner(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "computeProvisioner"))

    @compute_provisioner.setter
    def compute_provisioner(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__e886f1bd04f620d143515d86b6330892caaf527faf8ec4ff7fd2b5302950cf23)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "computeProvisioner", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="defaultBranchProtected")
    def default_branch_protected(
        self,
    ) -> typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable]:
        return typing.cast(typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable], jsii.get(self, "defaultBranchProtected"))

    @default_branch_protected.setter
    def default_branch_protected(
        self,
        value: typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable],
    ) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__06e4cfff5fb451cc8dae116e025c97220979c7674d431afffbfc9cc305356a7c)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "defaultBranchProtected", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="enableLogicalReplication")
    def enable_logical_replication(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "enableLogicalReplication"))

    @enable_logical_replication.setter
    def enable_logical_replication(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__6215dc217002c9e9522694ebe4208a4a78eea10d28f9ea8622489b2daa884b17)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "enableLogicalReplication", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="hipaa")
    def hipaa(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "hipaa"))

    @hipaa.setter
    def hipaa(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__c8a1f807d795833d3394d0a11438edd560aeac7d8f7a96794c9ca41e945fc8fc)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "hipaa", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="historyRetentionSeconds")
    def history_retention_seconds(self) -> jsii.Number:
        return typing.cast(jsii.Number, jsii.get(self, "historyRetentionSeconds"))

    @history_retention_seconds.setter
    def history_retention_seconds(self, value: jsii.Number) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__f95c75a4fc861665a95a90f774a55e3beb81c2127e01384b0cd3f3a643d5dcf0)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "historyRetentionSeconds", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="name")
    def name(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "name"))

    @name.setter
    def name(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__88965226ca70e762f3e1e92d7a85b6c2939e9f7a229d32362940a0381ff7d38f)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "name", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="orgId")
    def org_id(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "orgId"))

    @org_id.setter
    def org_id(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__503382a29ce26c6a3b4a967327f44bac9b19d99b87ba5a23cb4cd84c41817089)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "orgId", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="pgVersion")
    def pg_version(self) -> jsii.Number:
        return typing.cast(jsii.Number, jsii.get(self, "pgVersion"))

    @pg_version.setter
    def pg_version(self, value: jsii.Number) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__a86a1a22feb3032b2952ae4eb86990635987276a0bd73638c01bb017f45e3174)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "pgVersion", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="regionId")
    def region_id(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "regionId"))

    @region_id.setter
    def region_id(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__8d5c440f4d893f76dc1b0cedb851686e80ab1a44cefd8a008028df6172a7515d)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "regionId", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="storePassword")
    def store_password(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "storePassword"))

    @store_password.setter
    def store_password(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__cefad27d9ac00901d8076a7d8f08bc294b4517f6e3c0edd57c7c1006e9f4c2cb)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "storePassword", value) # pyright: ignore[reportArgumentType]


@jsii.data_type(
    jsii_type="neon.project.ProjectBranch",
    jsii_struct_bases=[],
    name_mapping={
        "database_name": "databaseName",
        "name": "name",
        "role_name": "roleName",
    },
)
class ProjectBranch:
    def __init__(
        self,
        *,
        database_name: typing.Optional[builtins.str] = None,
        name: typing.Optional[builtins.str] = None,
        role_name: typing.Optional[builtins.str] = None,
    ) -> None:
        '''
        :param database_name: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#database_name Project#database_name}.
        :param name: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#name Project#name}.
        :param role_name: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#role_name Project#role_name}.
        '''
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__ef28bee9d726677174c5148245e14b0b1d7d2ac524653387dc509f5378abf67d)
            check_type(argname="argument database_name", value=database_name, expected_type=type_hints["database_name"])
            check_type(argname="argument name", value=name, expected_type=type_hints["name"])
            check_type(argname="argument role_name", value=role_name, expected_type=type_hints["role_name"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if database_name is not None:
            self._values["database_name"] = database_name
        if name is not None:
            self._values["name"] = name
        if role_name is not None:
            self._values["role_name"] = role_name

    @builtins.property
    def database_name(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#database_name Project#database_name}.'''
        result = self._values.get("database_name")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def name(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#name Project#name}.'''
        result = self._values.get("name")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def role_name(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#role_name Project#role_name}.'''
        result = self._values.get("role_name")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ProjectBranch(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


class ProjectBranchOutputReference(
    _cdktf_9a9027ec.ComplexObject,
    metaclass=jsii.JSIIMeta,
    jsii_type="neon.project.ProjectBranchOutputReference",
):
    def __init__(
        self,
        terraform_resource: _cdktf_9a9027ec.IInterpolatingParent,
        terraform_attribute: builtins.str,
    ) -> None:
        '''
        :param terraform_resource: The parent resource.
        :param terraform_attribute: The attribute on the parent resource this class is referencing.
        '''
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__1e75a5108123b553aab9dc129940238a713cccdb19fae9f97b03c3e583a0216c)
            check_type(argname="argument terraform_resource", value=terraform_resource, expected_type=type_hints["terraform_resource"])
            check_type(argname="argument terraform_attribute", value=terraform_attribute, expected_type=type_hints["terraform_attribute"])
        jsii.create(self.__class__, self, [terraform_resource, terraform_attribute])

    @jsii.member(jsii_name="resetDatabaseName")
    def reset_database_name(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetDatabaseName", []))

    @jsii.member(jsii_name="resetName")
    def reset_name(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetName", []))

    @jsii.member(jsii_name="resetRoleName")
    def reset_role_name(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetRoleName", []))

    @builtins.property
    @jsii.member(jsii_name="id")
    def id(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "id"))

    @builtins.property
    @jsii.member(jsii_name="databaseNameInput")
    def database_name_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "databaseNameInput"))

    @builtins.property
    @jsii.member(jsii_name="nameInput")
    def name_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "nameInput"))

    @builtins.property
    @jsii.member(jsii_name="roleNameInput")
    def role_name_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "roleNameInput"))

    @builtins.property
    @jsii.member(jsii_name="databaseName")
    def database_name(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "databaseName"))

    @database_name.setter
    def database_name(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__479dd2e60b03444ab59f29aef71c29869b5bd3a2a9f4fdeb9bc4327d002322d8)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "databaseName", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="name")
    def name(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "name"))

    @name.setter
    def name(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__4356b8194f34987b3707b0d499119f26d016be0bdd9255d655342b5fe957867f)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "name", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="roleName")
    def role_name(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "roleName"))

    @role_name.setter
    def role_name(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__58b60281326c8c363212888b54083ba1555004b040c2ba35521ed18514713e11)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "roleName", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="internalValue")
    def internal_value(self) -> typing.Optional[ProjectBranch]:
        return typing.cast(typing.Optional[ProjectBranch], jsii.get(self, "internalValue"))

    @internal_value.setter
    def internal_value(self, value: typing.Optional[ProjectBranch]) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__0423951a56dacb649b38ad3d50c9375b4fc30ef9b3c6712f9ad626bf5c20fe82)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "internalValue", value) # pyright: ignore[reportArgumentType]


@jsii.data_type(
    jsii_type="neon.project.ProjectConfig",
    jsii_struct_bases=[_cdktf_9a9027ec.TerraformMetaArguments],
    name_mapping={
        "connection": "connection",
        "count": "count",
        "depends_on": "dependsOn",
        "for_each": "forEach",
        "lifecycle": "lifecycle",
        "provider": "provider",
        "provisioners": "provisioners",
        "allowed_ips": "allowedIps",
        "allowed_ips_protected_branches_only": "allowedIpsProtectedBranchesOnly",
        "block_public_connections": "blockPublicConnections",
        "block_vpc_connections": "blockVpcConnections",
        "branch": "branch",
        "compute_provisioner": "computeProvisioner",
        "default_branch_protected": "defaultBranchProtected",
        "default_endpoint_settings": "defaultEndpointSettings",
        "enable_logical_replication": "enableLogicalReplication",
        "hipaa": "hipaa",
        "history_retention_seconds": "historyRetentionSeconds",
        "maintenance_window": "maintenanceWindow",
        "name": "name",
        "org_id": "orgId",
        "pg_version": "pgVersion",
        "quota": "quota",
        "region_id": "regionId",
        "store_password": "storePassword",
    },
)
class ProjectConfig(_cdktf_9a9027ec.TerraformMetaArguments):
    def __init__(
        self,
        *,
        connection: typing.Optional[typing.Union[typing.Union[_cdktf_9a9027ec.SSHProvisionerConnection, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.WinrmProvisionerConnection, typing.Dict[builtins.str, typing.Any]]]] = None,
        count: typing.Optional[typing.Union[jsii.Number, _cdktf_9a9027ec.TerraformCount]] = None,
        depends_on: typing.Optional[typing.Sequence[_cdktf_9a9027ec.ITerraformDependable]] = None,
        for_each: typing.Optional[_cdktf_9a9027ec.ITerraformIterator] = None,
        lifecycle: typing.Optional[typing.Union[_cdktf_9a9027ec.TerraformResourceLifecycle, typing.Dict[builtins.str, typing.Any]]] = None,
        provider: typing.Optional[_cdktf_9a9027ec.TerraformProvider] = None,
        provisioners: typing.Optional[typing.Sequence[typing.Union[typing.Union[_cdktf_9a9027ec.FileProvisioner, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.LocalExecProvisioner, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.RemoteExecProvisioner, typing.Dict[builtins.str, typing.Any]]]]] = None,
        allowed_ips: typing.Optional[typing.Sequence[builtins.str]] = None,
        allowed_ips_protected_branches_only: typing.Optional[builtins.str] = None,
        block_public_connections: typing.Optional[builtins.str] = None,
        block_vpc_connections: typing.Optional[builtins.str] = None,
        branch: typing.Optional[typing.Union[ProjectBranch, typing.Dict[builtins.str, typing.Any]]] = None,
        compute_provisioner: typing.Optional[builtins.str] = None,
        default_branch_protected: typing.Optional[typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable]] = None,
        default_endpoint_settings: typing.Optional[typing.Union["ProjectDefaultEndpointSettings", typing.Dict[builtins.str, typing.Any]]] = None,
        enable_logical_replication: typing.Optional[builtins.str] = None,
        hipaa: typing.Optional[builtins.str] = None,
        history_retention_seconds: typing.Optional[jsii.Number] = None,
        maintenance_window: typing.Optional[typing.Union["ProjectMaintenanceWindow", typing.Dict[builtins.str, typing.Any]]] = None,
        name: typing.Optional[builtins.str] = None,
        org_id: typing.Optional[builtins.str] = None,
        pg_version: typing.Optional[jsii.Number] = None,
        quota: typing.Optional[typing.Union["ProjectQuota", typing.Dict[builtins.str, typing.Any]]] = None,
        region_id: typing.Optional[builtins.str] = None,
        store_password: typing.Optional[builtins.str] = None,
    ) -> None:
        '''
        :param connection: 
        :param count: 
        :param depends_on: 
        :param for_each: 
        :param lifecycle: 
        :param provider: 
        :param provisioners: 
        :param allowed_ips: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#allowed_ips Project#allowed_ips}.
        :param allowed_ips_protected_branches_only: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#allowed_ips_protected_branches_only Project#allowed_ips_protected_branches_only}.
        :param block_public_connections: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#block_public_connections Project#block_public_connections}.
        :param block_vpc_connections: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#block_vpc_connections Project#block_vpc_connections}.
        :param branch: branch block. Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#branch Project#branch}
        :param compute_provisioner: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#compute_provisioner Project#compute_provisioner}.
        :param default_branch_protected: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#default_branch_protected Project#default_branch_protected}.
        :param default_endpoint_settings: default_endpoint_settings block. Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#default_endpoint_settings Project#default_endpoint_settings}
        :param enable_logical_replication: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#enable_logical_replication Project#enable_logical_replication}.
        :param hipaa: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#hipaa Project#hipaa}.
        :param history_retention_seconds: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#history_retention_seconds Project#history_retention_seconds}.
        :param maintenance_window: maintenance_window block. Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#maintenance_window Project#maintenance_window}
        :param name: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#name Project#name}.
        :param org_id: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#org_id Project#org_id}.
        :param pg_version: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#pg_version Project#pg_version}.
        :param quota: quota block. Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#quota Project#quota}
        :param region_id: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#region_id Project#region_id}.
        :param store_password: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#store_password Project#store_password}.
        '''
        if isinstance(lifecycle, dict):
            lifecycle = _cdktf_9a9027ec.TerraformResourceLifecycle(**lifecycle)
        if isinstance(branch, dict):
            branch = ProjectBranch(**branch)
        if isinstance(default_endpoint_settings, dict):
            default_endpoint_settings = ProjectDefaultEndpointSettings(**default_endpoint_settings)
        if isinstance(maintenance_window, dict):
            maintenance_window = ProjectMaintenanceWindow(**maintenance_window)
        if isinstance(quota, dict):
            quota = ProjectQuota(**quota)
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__779484237c2296a753c83bb410b9fcd480008ee036a1c468a243c07815c290b5)
            check_type(argname="argument connection", value=connection, expected_type=type_hints["connection"])
            check_type(argname="argument count", value=count, expected_type=type_hints["count"])
            check_type(argname="argument depends_on", value=depends_on, expected_type=type_hints["depends_on"])
            check_type(argname="argument for_each", value=for_each, expected_type=type_hints["for_each"])
            check_type(argname="argument lifecycle", value=lifecycle, expected_type=type_hints["lifecycle"])
            check_type(argname="argument provider", value=provider, expected_type=type_hints["provider"])
            check_type(argname="argument provisioners", value=provisioners, expected_type=type_hints["provisioners"])
            check_type(argname="argument allowed_ips", value=allowed_ips, expected_type=type_hints["allowed_ips"])
            check_type(argname="argument allowed_ips_protected_branches_only", value=allowed_ips_protected_branches_only, expected_type=type_hints["allowed_ips_protected_branches_only"])
            check_type(argname="argument block_public_connections", value=block_public_connections, expected_type=type_hints["block_public_connections"])
            check_type(argname="argument block_vpc_connections", value=block_vpc_connections, expected_type=type_hints["block_vpc_connections"])
            check_type(argname="argument branch", value=branch, expected_type=type_hints["branch"])
            check_type(argname="argument compute_provisioner", value=compute_provisioner, expected_type=type_hints["compute_provisioner"])
            check_type(argname="argument default_branch_protected", value=default_branch_protected, expected_type=type_hints["default_branch_protected"])
            check_type(argname="argument default_endpoint_settings", value=default_endpoint_settings, expected_type=type_hints["default_endpoint_settings"])
            check_type(argname="argument enable_logical_replication", value=enable_logical_replication, expected_type=type_hints["enable_logical_replication"])
            check_type(argname="argument hipaa", value=hipaa, expected_type=type_hints["hipaa"])
            check_type(argname="argument history_retention_seconds", value=history_retention_seconds, expected_type=type_hints["history_retention_seconds"])
            check_type(argname="argument maintenance_window", value=maintenance_window, expected_type=type_hints["maintenance_window"])
            check_type(argname="argument name", value=name, expected_type=type_hints["name"])
            check_type(argname="argument org_id", value=org_id, expected_type=type_hints["org_id"])
            check_type(argname="argument pg_version", value=pg_version, expected_type=type_hints["pg_version"])
            check_type(argname="argument quota", value=quota, expected_type=type_hints["quota"])
            check_type(argname="argument region_id", value=region_id, expected_type=type_hints["region_id"])
            check_type(argname="argument store_password", value=store_password, expected_type=type_hints["store_password"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if connection is not None:
            self._values["connection"] = connection
        if count is not None:
            self._values["count"] = count
        if depends_on is not None:
            self._values["depends_on"] = depends_on
        if for_each is not None:
            self._values["for_each"] = for_each
        if lifecycle is not None:
            self._values["lifecycle"] = lifecycle
        if provider is not None:
            self._values["provider"] = provider
        if provisioners is not None:
            self._values["provisioners"] = provisioners
        if allowed_ips is not None:
            self._values["allowed_ips"] = allowed_ips
        if allowed_ips_protected_branches_only is not None:
            self._values["allowed_ips_protected_branches_only"] = allowed_ips_protected_branches_only
        if block_public_connections is not None:
            self._values["block_public_connections"] = block_public_connections
        if block_vpc_connections is not None:
            self._values["block_vpc_connections"] = block_vpc_connections
        if branch is not None:
            self._values["branch"] = branch
        if compute_provisioner is not None:
            self._values["compute_provisioner"] = compute_provisioner
        if default_branch_protected is not None:
            self._values["default_branch_protected"] = default_branch_protected
        if default_endpoint_settings is not None:
            self._values["default_endpoint_settings"] = default_endpoint_settings
        if enable_logical_replication is not None:
            self._values["enable_logical_replication"] = enable_logical_replication
        if hipaa is not None:
            self._values["hipaa"] = hipaa
        if history_retention_seconds is not None:
            self._values["history_retention_seconds"] = history_retention_seconds
        if maintenance_window is not None:
            self._values["maintenance_window"] = maintenance_window
        if name is not None:
            self._values["name"] = name
        if org_id is not None:
            self._values["org_id"] = org_id
        if pg_version is not None:
            self._values["pg_version"] = pg_version
        if quota is not None:
            self._values["quota"] = quota
        if region_id is not None:
            self._values["region_id"] = region_id
        if store_password is not None:
            self._values["store_password"] = store_password

    @builtins.property
    def connection(
        self,
    ) -> typing.Optional[typing.Union[_cdktf_9a9027ec.SSHProvisionerConnection, _cdktf_9a9027ec.WinrmProvisionerConnection]]:
        '''
        :stability: experimental
        '''
        result = self._values.get("connection")
        return typing.cast(typing.Optional[typing.Union[_cdktf_9a9027ec.SSHProvisionerConnection, _cdktf_9a9027ec.WinrmProvisionerConnection]], result)

    @builtins.property
    def count(
        self,
    ) -> typing.Optional[typing.Union[jsii.Number, _cdktf_9a9027ec.TerraformCount]]:
        '''
        :stability: experimental
        '''
        result = self._values.get("count")
        return typing.cast(typing.Optional[typing.Union[jsii.Number, _cdktf_9a9027ec.TerraformCount]], result)

    @builtins.property
    def depends_on(
        self,
    ) -> typing.Optional[typing.List[_cdktf_9a9027ec.ITerraformDependable]]:
        '''
        :stability: experimental
        '''
        result = self._values.get("depends_on")
        return typing.cast(typing.Optional[typing.List[_cdktf_9a9027ec.ITerraformDependable]], result)

    @builtins.property
    def for_each(self) -> typing.Optional[_cdktf_9a9027ec.ITerraformIterator]:
        '''
        :stability: experimental
        '''
        result = self._values.get("for_each")
        return typing.cast(typing.Optional[_cdktf_9a9027ec.ITerraformIterator], result)

    @builtins.property
    def lifecycle(self) -> typing.Optional[_cdktf_9a9027ec.TerraformResourceLifecycle]:
        '''
        :stability: experimental
        '''
        result = self._values.get("lifecycle")
        return typing.cast(typing.Optional[_cdktf_9a9027ec.TerraformResourceLifecycle], result)

    @builtins.property
    def provider(self) -> typing.Optional[_cdktf_9a9027ec.TerraformProvider]:
        '''
        :stability: experimental
        '''
        result = self._values.get("provider")
        return typing.cast(typing.Optional[_cdktf_9a9027ec.TerraformProvider], result)

    @builtins.property
    def provisioners(
        self,
    ) -> typing.Optional[typing.List[typing.Union[_cdktf_9a9027ec.FileProvisioner, _cdktf_9a9027ec.LocalExecProvisioner, _cdktf_9a9027ec.RemoteExecProvisioner]]]:
        '''
        :stability: experimental
        '''
        result = self._values.get("provisioners")
        return typing.cast(typing.Optional[typing.List[typing.Union[_cdktf_9a9027ec.FileProvisioner, _cdktf_9a9027ec.LocalExecProvisioner, _cdktf_9a9027ec.RemoteExecProvisioner]]], result)

    @builtins.property
    def allowed_ips(self) -> typing.Optional[typing.List[builtins.str]]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#allowed_ips Project#allowed_ips}.'''
        result = self._values.get("allowed_ips")
        return typing.cast(typing.Optional[typing.List[builtins.str]], result)

    @builtins.property
    def allowed_ips_protected_branches_only(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#allowed_ips_protected_branches_only Project#allowed_ips_protected_branches_only}.'''
        result = self._values.get("allowed_ips_protected_branches_only")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def block_public_connections(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#block_public_connections Project#block_public_connections}.'''
        result = self._values.get("block_public_connections")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def block_vpc_connections(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#block_vpc_connections Project#block_vpc_connections}.'''
        result = self._values.get("block_vpc_connections")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def branch(self) -> typing.Optional[ProjectBranch]:
        '''branch block.

        Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#branch Project#branch}
        '''
        result = self._values.get("branch")
        return typing.cast(typing.Optional[ProjectBranch], result)

    @builtins.property
    def compute_provisioner(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#compute_provisioner Project#compute_provisioner}.'''
        result = self._values.get("compute_provisioner")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def default_branch_protected(
        self,
    ) -> typing.Optional[typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable]]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#default_branch_protected Project#default_branch_protected}.'''
        result = self._values.get("default_branch_protected")
        return typing.cast(typing.Optional[typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable]], result)

    @builtins.property
    def default_endpoint_settings(
        self,
    ) -> typing.Optional["ProjectDefaultEndpointSettings"]:
        '''default_endpoint_settings block.

        Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#default_endpoint_settings Project#default_endpoint_settings}
        '''
        result = self._values.get("default_endpoint_settings")
        return typing.cast(typing.Optional["ProjectDefaultEndpointSettings"], result)

    @builtins.property
    def enable_logical_replication(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#enable_logical_replication Project#enable_logical_replication}.'''
        result = self._values.get("enable_logical_replication")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def hipaa(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#hipaa Project#hipaa}.'''
        result = self._values.get("hipaa")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def history_retention_seconds(self) -> typing.Optional[jsii.Number]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#history_retention_seconds Project#history_retention_seconds}.'''
        result = self._values.get("history_retention_seconds")
        return typing.cast(typing.Optional[jsii.Number], result)

    @builtins.property
    def maintenance_window(self) -> typing.Optional["ProjectMaintenanceWindow"]:
        '''maintenance_window block.

        Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#maintenance_window Project#maintenance_window}
        '''
        result = self._values.get("maintenance_window")
        return typing.cast(typing.Optional["ProjectMaintenanceWindow"], result)

    @builtins.property
    def name(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#name Project#name}.'''
        result = self._values.get("name")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def org_id(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#org_id Project#org_id}.'''
        result = self._values.get("org_id")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def pg_version(self) -> typing.Optional[jsii.Number]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#pg_version Project#pg_version}.'''
        result = self._values.get("pg_version")
        return typing.cast(typing.Optional[jsii.Number], result)

    @builtins.property
    def quota(self) -> typing.Optional["ProjectQuota"]:
        '''quota block.

        Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#quota Project#quota}
        '''
        result = self._values.get("quota")
        return typing.cast(typing.Optional["ProjectQuota"], result)

    @builtins.property
    def region_id(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#region_id Project#region_id}.'''
        result = self._values.get("region_id")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def store_password(self) -> typing.Optional[builtins.str]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#store_password Project#store_password}.'''
        result = self._values.get("store_password")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ProjectConfig(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="neon.project.ProjectDefaultEndpointSettings",
    jsii_struct_bases=[],
    name_mapping={
        "autoscaling_limit_max_cu": "autoscalingLimitMaxCu",
        "autoscaling_limit_min_cu": "autoscalingLimitMinCu",
        "suspend_timeout_seconds": "suspendTimeoutSeconds",
    },
)
class ProjectDefaultEndpointSettings:
    def __init__(
        self,
        *,
        autoscaling_limit_max_cu: typing.Optional[jsii.Number] = None,
        autoscaling_limit_min_cu: typing.Optional[jsii.Number] = None,
        suspend_timeout_seconds: typing.Optional[jsii.Number] = None,
    ) -> None:
        '''
        :param autoscaling_limit_max_cu: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#autoscaling_limit_max_cu Project#autoscaling_limit_max_cu}.
        :param autoscaling_limit_min_cu: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#autoscaling_limit_min_cu Project#autoscaling_limit_min_cu}.
        :param suspend_timeout_seconds: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#suspend_timeout_seconds Project#suspend_timeout_seconds}.
        '''
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__491d05e48e40ac3810907d9c68d718278943e1c5bb65210d103bddd955d7bc19)
            check_type(argname="argument autoscaling_limit_max_cu", value=autoscaling_limit_max_cu, expected_type=type_hints["autoscaling_limit_max_cu"])
            check_type(argname="argument autoscaling_limit_min_cu", value=autoscaling_limit_min_cu, expected_type=type_hints["autoscaling_limit_min_cu"])
            check_type(argname="argument suspend_timeout_seconds", value=suspend_timeout_seconds, expected_type=type_hints["suspend_timeout_seconds"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if autoscaling_limit_max_cu is not None:
            self._values["autoscaling_limit_max_cu"] = autoscaling_limit_max_cu
        if autoscaling_limit_min_cu is not None:
            self._values["autoscaling_limit_min_cu"] = autoscaling_limit_min_cu
        if suspend_timeout_seconds is not None:
            self._values["suspend_timeout_seconds"] = suspend_timeout_seconds

    @builtins.property
    def autoscaling_limit_max_cu(self) -> typing.Optional[jsii.Number]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#autoscaling_limit_max_cu Project#autoscaling_limit_max_cu}.'''
        result = self._values.get("autoscaling_limit_max_cu")
        return typing.cast(typing.Optional[jsii.Number], result)

    @builtins.property
    def autoscaling_limit_min_cu(self) -> typing.Optional[jsii.Number]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#autoscaling_limit_min_cu Project#autoscaling_limit_min_cu}.'''
        result = self._values.get("autoscaling_limit_min_cu")
        return typing.cast(typing.Optional[jsii.Number], result)

    @builtins.property
    def suspend_timeout_seconds(self) -> typing.Optional[jsii.Number]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#suspend_timeout_seconds Project#suspend_timeout_seconds}.'''
        result = self._values.get("suspend_timeout_seconds")
        return typing.cast(typing.Optional[jsii.Number], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ProjectDefaultEndpointSettings(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


class ProjectDefaultEndpointSettingsOutputReference(
    _cdktf_9a9027ec.ComplexObject,
    metaclass=jsii.JSIIMeta,
    jsii_type="neon.project.ProjectDefaultEndpointSettingsOutputReference",
):
    def __init__(
        self,
        terraform_resource: _cdktf_9a9027ec.IInterpolatingParent,
        terraform_attribute: builtins.str,
    ) -> None:
        '''
        :param terraform_resource: The parent resource.
        :param terraform_attribute: The attribute on the parent resource this class is referencing.
        '''
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__3f057bf6dd09f5f6a91b1b0e6cc58d7930031a93ff2447a528bec76c7f22fea0)
            check_type(argname="argument terraform_resource", value=terraform_resource, expected_type=type_hints["terraform_resource"])
            check_type(argname="argument terraform_attribute", value=terraform_attribute, expected_type=type_hints["terraform_attribute"])
        jsii.create(self.__class__, self, [terraform_resource, terraform_attribute])

    @jsii.member(jsii_name="resetAutoscalingLimitMaxCu")
    def reset_autoscaling_limit_max_cu(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetAutoscalingLimitMaxCu", []))

    @jsii.member(jsii_name="resetAutoscalingLimitMinCu")
    def reset_autoscaling_limit_min_cu(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetAutoscalingLimitMinCu", []))

    @jsii.member(jsii_name="resetSuspendTimeoutSeconds")
    def reset_suspend_timeout_seconds(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetSuspendTimeoutSeconds", []))

    @builtins.property
    @jsii.member(jsii_name="id")
    def id(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "id"))

    @builtins.property
    @jsii.member(jsii_name="autoscalingLimitMaxCuInput")
    def autoscaling_limit_max_cu_input(self) -> typing.Optional[jsii.Number]:
        return typing.cast(typing.Optional[jsii.Number], jsii.get(self, "autoscalingLimitMaxCuInput"))

    @builtins.property
    @jsii.member(jsii_name="autoscalingLimitMinCuInput")
    def autoscaling_limit_min_cu_input(self) -> typing.Optional[jsii.Number]:
        return typing.cast(typing.Optional[jsii.Number], jsii.get(self, "autoscalingLimitMinCuInput"))

    @builtins.property
    @jsii.member(jsii_name="suspendTimeoutSecondsInput")
    def suspend_timeout_seconds_input(self) -> typing.Optional[jsii.Number]:
        return typing.cast(typing.Optional[jsii.Number], jsii.get(self, "suspendTimeoutSecondsInput"))

    @builtins.property
    @jsii.member(jsii_name="autoscalingLimitMaxCu")
    def autoscaling_limit_max_cu(self) -> jsii.Number:
        return typing.cast(jsii.Number, jsii.get(self, "autoscalingLimitMaxCu"))

    @autoscaling_limit_max_cu.setter
    def autoscaling_limit_max_cu(self, value: jsii.Number) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__9afc434c594295b405b54c7365de0594ced55b92addedccebfc6141807421d72)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "autoscalingLimitMaxCu", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="autoscalingLimitMinCu")
    def autoscaling_limit_min_cu(self) -> jsii.Number:
        return typing.cast(jsii.Number, jsii.get(self, "autoscalingLimitMinCu"))

    @autoscaling_limit_min_cu.setter
    def autoscaling_limit_min_cu(self, value: jsii.Number) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__48c3a0ee3154b60bf938ead18486416213927b9727c5b44a87dc9d920ed5c3d3)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "autoscalingLimitMinCu", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="suspendTimeoutSeconds")
    def suspend_timeout_seconds(self) -> jsii.Number:
        return typing.cast(jsii.Number, jsii.get(self, "suspendTimeoutSeconds"))

    @suspend_timeout_seconds.setter
    def suspend_timeout_seconds(self, value: jsii.Number) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__97560958be3dec9a25c02c5382c8648af86074ad1b433101a25c14d3b231c702)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "suspendTimeoutSeconds", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="internalValue")
    def internal_value(self) -> typing.Optional[ProjectDefaultEndpointSettings]:
        return typing.cast(typing.Optional[ProjectDefaultEndpointSettings], jsii.get(self, "internalValue"))

    @internal_value.setter
    def internal_value(
        self,
        value: typing.Optional[ProjectDefaultEndpointSettings],
    ) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__71c71f26ca0a826159b8720c64d00bf0a63ecea53451735865872a583f7c50b7)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "internalValue", value) # pyright: ignore[reportArgumentType]


@jsii.data_type(
    jsii_type="neon.project.ProjectMaintenanceWindow",
    jsii_struct_bases=[],
    name_mapping={
        "end_time": "endTime",
        "start_time": "startTime",
        "weekdays": "weekdays",
    },
)
class ProjectMaintenanceWindow:
    def __init__(
        self,
        *,
        end_time: builtins.str,
        start_time: builtins.str,
        weekdays: typing.Sequence[jsii.Number],
    ) -> None:
        '''
        :param end_time: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#end_time Project#end_time}.
        :param start_time: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#start_time Project#start_time}.
        :param weekdays: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#weekdays Project#weekdays}.
        '''
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__34c05df1d18fc584b47a9eed9fc0c898825c5753a16bf99df84b5fd54f815b71)
            check_type(argname="argument end_time", value=end_time, expected_type=type_hints["end_time"])
            check_type(argname="argument start_time", value=start_time, expected_type=type_hints["start_time"])
            check_type(argname="argument weekdays", value=weekdays, expected_type=type_hints["weekdays"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "end_time": end_time,
            "start_time": start_time,
            "weekdays": weekdays,
        }

    @builtins.property
    def end_time(self) -> builtins.str:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#end_time Project#end_time}.'''
        result = self._values.get("end_time")
        assert result is not None, "Required property 'end_time' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def start_time(self) -> builtins.str:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#start_time Project#start_time}.'''
        result = self._values.get("start_time")
        assert result is not None, "Required property 'start_time' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def weekdays(self) -> typing.List[jsii.Number]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#weekdays Project#weekdays}.'''
        result = self._values.get("weekdays")
        assert result is not None, "Required property 'weekdays' is missing"
        return typing.cast(typing.List[jsii.Number], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ProjectMaintenanceWindow(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


class ProjectMaintenanceWindowOutputReference(
    _cdktf_9a9027ec.ComplexObject,
    metaclass=jsii.JSIIMeta,
    jsii_type="neon.project.ProjectMaintenanceWindowOutputReference",
):
    def __init__(
        self,
        terraform_resource: _cdktf_9a9027ec.IInterpolatingParent,
        terraform_attribute: builtins.str,
    ) -> None:
        '''
        :param terraform_resource: The parent resource.
        :param terraform_attribute: The attribute on the parent resource this class is referencing.
        '''
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__e150c4ea4c9a1611dd69b55c0c3787123b36b716f7d45e23352621dae6ec04b3)
            check_type(argname="argument terraform_resource", value=terraform_resource, expected_type=type_hints["terraform_resource"])
            check_type(argname="argument terraform_attribute", value=terraform_attribute, expected_type=type_hints["terraform_attribute"])
        jsii.create(self.__class__, self, [terraform_resource, terraform_attribute])

    @builtins.property
    @jsii.member(jsii_name="endTimeInput")
    def end_time_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "endTimeInput"))

    @builtins.property
    @jsii.member(jsii_name="startTimeInput")
    def start_time_input(self) -> typing.Optional[builtins.str]:
        return typing.cast(typing.Optional[builtins.str], jsii.get(self, "startTimeInput"))

    @builtins.property
    @jsii.member(jsii_name="weekdaysInput")
    def weekdays_input(self) -> typing.Optional[typing.List[jsii.Number]]:
        return typing.cast(typing.Optional[typing.List[jsii.Number]], jsii.get(self, "weekdaysInput"))

    @builtins.property
    @jsii.member(jsii_name="endTime")
    def end_time(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "endTime"))

    @end_time.setter
    def end_time(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__861c9cf4e6eba61f865b2ac6a79f1f7a48d4882f1e3d66d8b0f39298779180ef)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "endTime", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="startTime")
    def start_time(self) -> builtins.str:
        return typing.cast(builtins.str, jsii.get(self, "startTime"))

    @start_time.setter
    def start_time(self, value: builtins.str) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__8c8e6b8a8b1d7572ba25174d0bc6c8ff0673ca56c2425176e09219866a879201)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "startTime", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="weekdays")
    def weekdays(self) -> typing.List[jsii.Number]:
        return typing.cast(typing.List[jsii.Number], jsii.get(self, "weekdays"))

    @weekdays.setter
    def weekdays(self, value: typing.List[jsii.Number]) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__462fbc53ae8ea46dd9e218f6241b69c146da46fd41e2dbe320bfdb2f44944f5b)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "weekdays", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="internalValue")
    def internal_value(self) -> typing.Optional[ProjectMaintenanceWindow]:
        return typing.cast(typing.Optional[ProjectMaintenanceWindow], jsii.get(self, "internalValue"))

    @internal_value.setter
    def internal_value(self, value: typing.Optional[ProjectMaintenanceWindow]) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__37757c0685632e5744e1737d1cde8fed98d547c58fc5e726f8158c58f80e8c3b)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "internalValue", value) # pyright: ignore[reportArgumentType]


@jsii.data_type(
    jsii_type="neon.project.ProjectQuota",
    jsii_struct_bases=[],
    name_mapping={
        "active_time_seconds": "activeTimeSeconds",
        "compute_time_seconds": "computeTimeSeconds",
        "data_transfer_bytes": "dataTransferBytes",
        "logical_size_bytes": "logicalSizeBytes",
        "written_data_bytes": "writtenDataBytes",
    },
)
class ProjectQuota:
    def __init__(
        self,
        *,
        active_time_seconds: typing.Optional[jsii.Number] = None,
        compute_time_seconds: typing.Optional[jsii.Number] = None,
        data_transfer_bytes: typing.Optional[jsii.Number] = None,
        logical_size_bytes: typing.Optional[jsii.Number] = None,
        written_data_bytes: typing.Optional[jsii.Number] = None,
    ) -> None:
        '''
        :param active_time_seconds: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#active_time_seconds Project#active_time_seconds}.
        :param compute_time_seconds: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#compute_time_seconds Project#compute_time_seconds}.
        :param data_transfer_bytes: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#data_transfer_bytes Project#data_transfer_bytes}.
        :param logical_size_bytes: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#logical_size_bytes Project#logical_size_bytes}.
        :param written_data_bytes: Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#written_data_bytes Project#written_data_bytes}.
        '''
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__2905a8a2b447191e263bacf1f98cf5de35ffb88fa70f09c82b5296fe132dc5f2)
            check_type(argname="argument active_time_seconds", value=active_time_seconds, expected_type=type_hints["active_time_seconds"])
            check_type(argname="argument compute_time_seconds", value=compute_time_seconds, expected_type=type_hints["compute_time_seconds"])
            check_type(argname="argument data_transfer_bytes", value=data_transfer_bytes, expected_type=type_hints["data_transfer_bytes"])
            check_type(argname="argument logical_size_bytes", value=logical_size_bytes, expected_type=type_hints["logical_size_bytes"])
            check_type(argname="argument written_data_bytes", value=written_data_bytes, expected_type=type_hints["written_data_bytes"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if active_time_seconds is not None:
            self._values["active_time_seconds"] = active_time_seconds
        if compute_time_seconds is not None:
            self._values["compute_time_seconds"] = compute_time_seconds
        if data_transfer_bytes is not None:
            self._values["data_transfer_bytes"] = data_transfer_bytes
        if logical_size_bytes is not None:
            self._values["logical_size_bytes"] = logical_size_bytes
        if written_data_bytes is not None:
            self._values["written_data_bytes"] = written_data_bytes

    @builtins.property
    def active_time_seconds(self) -> typing.Optional[jsii.Number]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#active_time_seconds Project#active_time_seconds}.'''
        result = self._values.get("active_time_seconds")
        return typing.cast(typing.Optional[jsii.Number], result)

    @builtins.property
    def compute_time_seconds(self) -> typing.Optional[jsii.Number]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#compute_time_seconds Project#compute_time_seconds}.'''
        result = self._values.get("compute_time_seconds")
        return typing.cast(typing.Optional[jsii.Number], result)

    @builtins.property
    def data_transfer_bytes(self) -> typing.Optional[jsii.Number]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#data_transfer_bytes Project#data_transfer_bytes}.'''
        result = self._values.get("data_transfer_bytes")
        return typing.cast(typing.Optional[jsii.Number], result)

    @builtins.property
    def logical_size_bytes(self) -> typing.Optional[jsii.Number]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#logical_size_bytes Project#logical_size_bytes}.'''
        result = self._values.get("logical_size_bytes")
        return typing.cast(typing.Optional[jsii.Number], result)

    @builtins.property
    def written_data_bytes(self) -> typing.Optional[jsii.Number]:
        '''Docs at Terraform Registry: {@link https://registry.terraform.io/providers/kislerdm/neon/0.15.0/docs/resources/project#written_data_bytes Project#written_data_bytes}.'''
        result = self._values.get("written_data_bytes")
        return typing.cast(typing.Optional[jsii.Number], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ProjectQuota(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


class ProjectQuotaOutputReference(
    _cdktf_9a9027ec.ComplexObject,
    metaclass=jsii.JSIIMeta,
    jsii_type="neon.project.ProjectQuotaOutputReference",
):
    def __init__(
        self,
        terraform_resource: _cdktf_9a9027ec.IInterpolatingParent,
        terraform_attribute: builtins.str,
    ) -> None:
        '''
        :param terraform_resource: The parent resource.
        :param terraform_attribute: The attribute on the parent resource this class is referencing.
        '''
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__4df407fdcf145fd9f1240b559e46557a2e6f27243d42e15860e03c0bdd86d7c0)
            check_type(argname="argument terraform_resource", value=terraform_resource, expected_type=type_hints["terraform_resource"])
            check_type(argname="argument terraform_attribute", value=terraform_attribute, expected_type=type_hints["terraform_attribute"])
        jsii.create(self.__class__, self, [terraform_resource, terraform_attribute])

    @jsii.member(jsii_name="resetActiveTimeSeconds")
    def reset_active_time_seconds(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetActiveTimeSeconds", []))

    @jsii.member(jsii_name="resetComputeTimeSeconds")
    def reset_compute_time_seconds(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetComputeTimeSeconds", []))

    @jsii.member(jsii_name="resetDataTransferBytes")
    def reset_data_transfer_bytes(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetDataTransferBytes", []))

    @jsii.member(jsii_name="resetLogicalSizeBytes")
    def reset_logical_size_bytes(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetLogicalSizeBytes", []))

    @jsii.member(jsii_name="resetWrittenDataBytes")
    def reset_written_data_bytes(self) -> None:
        return typing.cast(None, jsii.invoke(self, "resetWrittenDataBytes", []))

    @builtins.property
    @jsii.member(jsii_name="activeTimeSecondsInput")
    def active_time_seconds_input(self) -> typing.Optional[jsii.Number]:
        return typing.cast(typing.Optional[jsii.Number], jsii.get(self, "activeTimeSecondsInput"))

    @builtins.property
    @jsii.member(jsii_name="computeTimeSecondsInput")
    def compute_time_seconds_input(self) -> typing.Optional[jsii.Number]:
        return typing.cast(typing.Optional[jsii.Number], jsii.get(self, "computeTimeSecondsInput"))

    @builtins.property
    @jsii.member(jsii_name="dataTransferBytesInput")
    def data_transfer_bytes_input(self) -> typing.Optional[jsii.Number]:
        return typing.cast(typing.Optional[jsii.Number], jsii.get(self, "dataTransferBytesInput"))

    @builtins.property
    @jsii.member(jsii_name="logicalSizeBytesInput")
    def logical_size_bytes_input(self) -> typing.Optional[jsii.Number]:
        return typing.cast(typing.Optional[jsii.Number], jsii.get(self, "logicalSizeBytesInput"))

    @builtins.property
    @jsii.member(jsii_name="writtenDataBytesInput")
    def written_data_bytes_input(self) -> typing.Optional[jsii.Number]:
        return typing.cast(typing.Optional[jsii.Number], jsii.get(self, "writtenDataBytesInput"))

    @builtins.property
    @jsii.member(jsii_name="activeTimeSeconds")
    def active_time_seconds(self) -> jsii.Number:
        return typing.cast(jsii.Number, jsii.get(self, "activeTimeSeconds"))

    @active_time_seconds.setter
    def active_time_seconds(self, value: jsii.Number) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__faf1509220a807fdc81e3ce7f50b92a42a0d123ae13ecb33a01198f72be31935)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "activeTimeSeconds", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="computeTimeSeconds")
    def compute_time_seconds(self) -> jsii.Number:
        return typing.cast(jsii.Number, jsii.get(self, "computeTimeSeconds"))

    @compute_time_seconds.setter
    def compute_time_seconds(self, value: jsii.Number) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__d2666f83ef4a92391735dddd033972f5f7570fffeb72877b0348d2b0ac4daad6)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "computeTimeSeconds", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="dataTransferBytes")
    def data_transfer_bytes(self) -> jsii.Number:
        return typing.cast(jsii.Number, jsii.get(self, "dataTransferBytes"))

    @data_transfer_bytes.setter
    def data_transfer_bytes(self, value: jsii.Number) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__a1f0cd49b5d4700f7d157b397bca361430b3a265386c707ca96b9e36bdf55252)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "dataTransferBytes", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="logicalSizeBytes")
    def logical_size_bytes(self) -> jsii.Number:
        return typing.cast(jsii.Number, jsii.get(self, "logicalSizeBytes"))

    @logical_size_bytes.setter
    def logical_size_bytes(self, value: jsii.Number) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__c7826bf0feb5fa1d9570e88d80dad2f23f8ea566a462b9230cb47ecc5d5c5c79)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "logicalSizeBytes", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="writtenDataBytes")
    def written_data_bytes(self) -> jsii.Number:
        return typing.cast(jsii.Number, jsii.get(self, "writtenDataBytes"))

    @written_data_bytes.setter
    def written_data_bytes(self, value: jsii.Number) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__14eab836d03ef75d457c49cedb524d1bb896ec293e654cda255d4de756418571)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "writtenDataBytes", value) # pyright: ignore[reportArgumentType]

    @builtins.property
    @jsii.member(jsii_name="internalValue")
    def internal_value(self) -> typing.Optional[ProjectQuota]:
        return typing.cast(typing.Optional[ProjectQuota], jsii.get(self, "internalValue"))

    @internal_value.setter
    def internal_value(self, value: typing.Optional[ProjectQuota]) -> None:
        if __debug__:
            type_hints = typing.get_type_hints(_typecheckingstub__64e2a3089e1b4ddfcf13be98866426ac882801aa11e52db50474a33fb8560273)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        jsii.set(self, "internalValue", value) # pyright: ignore[reportArgumentType]


__all__ = [
    "Project",
    "ProjectBranch",
    "ProjectBranchOutputReference",
    "ProjectConfig",
    "ProjectDefaultEndpointSettings",
    "ProjectDefaultEndpointSettingsOutputReference",
    "ProjectMaintenanceWindow",
    "ProjectMaintenanceWindowOutputReference",
    "ProjectQuota",
    "ProjectQuotaOutputReference",
]

publication.publish()

def _typecheckingstub__dccd077429041ff7d9d7b949782a8a3cb64c8bad2eacc91592bbd93a8bef8f2f(
    scope: _constructs_77d1e7e8.Construct,
    id: builtins.str,
    *,
    allowed_ips: typing.Optional[typing.Sequence[builtins.str]] = None,
    allowed_ips_protected_branches_only: typing.Optional[builtins.str] = None,
    block_public_connections: typing.Optional[builtins.str] = None,
    block_vpc_connections: typing.Optional[builtins.str] = None,
    branch: typing.Optional[typing.Union[ProjectBranch, typing.Dict[builtins.str, typing.Any]]] = None,
    compute_provisioner: typing.Optional[builtins.str] = None,
    default_branch_protected: typing.Optional[typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable]] = None,
    default_endpoint_settings: typing.Optional[typing.Union[ProjectDefaultEndpointSettings, typing.Dict[builtins.str, typing.Any]]] = None,
    enable_logical_replication: typing.Optional[builtins.str] = None,
    hipaa: typing.Optional[builtins.str] = None,
    history_retention_seconds: typing.Optional[jsii.Number] = None,
    maintenance_window: typing.Optional[typing.Union[ProjectMaintenanceWindow, typing.Dict[builtins.str, typing.Any]]] = None,
    name: typing.Optional[builtins.str] = None,
    org_id: typing.Optional[builtins.str] = None,
    pg_version: typing.Optional[jsii.Number] = None,
    quota: typing.Optional[typing.Union[ProjectQuota, typing.Dict[builtins.str, typing.Any]]] = None,
    region_id: typing.Optional[builtins.str] = None,
    store_password: typing.Optional[builtins.str] = None,
    connection: typing.Optional[typing.Union[typing.Union[_cdktf_9a9027ec.SSHProvisionerConnection, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.WinrmProvisionerConnection, typing.Dict[builtins.str, typing.Any]]]] = None,
    count: typing.Optional[typing.Union[jsii.Number, _cdktf_9a9027ec.TerraformCount]] = None,
    depends_on: typing.Optional[typing.Sequence[_cdktf_9a9027ec.ITerraformDependable]] = None,
    for_each: typing.Optional[_cdktf_9a9027ec.ITerraformIterator] = None,
    lifecycle: typing.Optional[typing.Union[_cdktf_9a9027ec.TerraformResourceLifecycle, typing.Dict[builtins.str, typing.Any]]] = None,
    provider: typing.Optional[_cdktf_9a9027ec.TerraformProvider] = None,
    provisioners: typing.Optional[typing.Sequence[typing.Union[typing.Union[_cdktf_9a9027ec.FileProvisioner, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.LocalExecProvisioner, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.RemoteExecProvisioner, typing.Dict[builtins.str, typing.Any]]]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__6a0813b260f43cd274f3620999fdd9eb8adf67d5f5b6cd798b5742537ed21721(
    scope: _constructs_77d1e7e8.Construct,
    import_to_id: builtins.str,
    import_from_id: builtins.str,
    provider: typing.Optional[_cdktf_9a9027ec.TerraformProvider] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__1f0e48d37636e18b51cfa5cdcdc14b85799ce45ec051f57c9f32b1608fc7e716(
    value: typing.List[builtins.str],
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__e76494f08ce1f942609456c055a5534c9f8d94b93efc9bc8c258cfee0838b86d(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__323ba82c9038debd361db330ba9134b54293d556c020a34cc943cbc1ccc4a37e(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__c57bc5e4bc9d168d1e991dea74423f4d122757ed58cdb14346fc87e73bd96443(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__e886f1bd04f620d143515d86b6330892caaf527faf8ec4ff7fd2b5302950cf23(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__06e4cfff5fb451cc8dae116e025c97220979c7674d431afffbfc9cc305356a7c(
    value: typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable],
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__6215dc217002c9e9522694ebe4208a4a78eea10d28f9ea8622489b2daa884b17(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__c8a1f807d795833d3394d0a11438edd560aeac7d8f7a96794c9ca41e945fc8fc(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__f95c75a4fc861665a95a90f774a55e3beb81c2127e01384b0cd3f3a643d5dcf0(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__88965226ca70e762f3e1e92d7a85b6c2939e9f7a229d32362940a0381ff7d38f(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__503382a29ce26c6a3b4a967327f44bac9b19d99b87ba5a23cb4cd84c41817089(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__a86a1a22feb3032b2952ae4eb86990635987276a0bd73638c01bb017f45e3174(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__8d5c440f4d893f76dc1b0cedb851686e80ab1a44cefd8a008028df6172a7515d(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__cefad27d9ac00901d8076a7d8f08bc294b4517f6e3c0edd57c7c1006e9f4c2cb(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__ef28bee9d726677174c5148245e14b0b1d7d2ac524653387dc509f5378abf67d(
    *,
    database_name: typing.Optional[builtins.str] = None,
    name: typing.Optional[builtins.str] = None,
    role_name: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__1e75a5108123b553aab9dc129940238a713cccdb19fae9f97b03c3e583a0216c(
    terraform_resource: _cdktf_9a9027ec.IInterpolatingParent,
    terraform_attribute: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__479dd2e60b03444ab59f29aef71c29869b5bd3a2a9f4fdeb9bc4327d002322d8(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__4356b8194f34987b3707b0d499119f26d016be0bdd9255d655342b5fe957867f(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__58b60281326c8c363212888b54083ba1555004b040c2ba35521ed18514713e11(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__0423951a56dacb649b38ad3d50c9375b4fc30ef9b3c6712f9ad626bf5c20fe82(
    value: typing.Optional[ProjectBranch],
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__779484237c2296a753c83bb410b9fcd480008ee036a1c468a243c07815c290b5(
    *,
    connection: typing.Optional[typing.Union[typing.Union[_cdktf_9a9027ec.SSHProvisionerConnection, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.WinrmProvisionerConnection, typing.Dict[builtins.str, typing.Any]]]] = None,
    count: typing.Optional[typing.Union[jsii.Number, _cdktf_9a9027ec.TerraformCount]] = None,
    depends_on: typing.Optional[typing.Sequence[_cdktf_9a9027ec.ITerraformDependable]] = None,
    for_each: typing.Optional[_cdktf_9a9027ec.ITerraformIterator] = None,
    lifecycle: typing.Optional[typing.Union[_cdktf_9a9027ec.TerraformResourceLifecycle, typing.Dict[builtins.str, typing.Any]]] = None,
    provider: typing.Optional[_cdktf_9a9027ec.TerraformProvider] = None,
    provisioners: typing.Optional[typing.Sequence[typing.Union[typing.Union[_cdktf_9a9027ec.FileProvisioner, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.LocalExecProvisioner, typing.Dict[builtins.str, typing.Any]], typing.Union[_cdktf_9a9027ec.RemoteExecProvisioner, typing.Dict[builtins.str, typing.Any]]]]] = None,
    allowed_ips: typing.Optional[typing.Sequence[builtins.str]] = None,
    allowed_ips_protected_branches_only: typing.Optional[builtins.str] = None,
    block_public_connections: typing.Optional[builtins.str] = None,
    block_vpc_connections: typing.Optional[builtins.str] = None,
    branch: typing.Optional[typing.Union[ProjectBranch, typing.Dict[builtins.str, typing.Any]]] = None,
    compute_provisioner: typing.Optional[builtins.str] = None,
    default_branch_protected: typing.Optional[typing.Union[builtins.bool, _cdktf_9a9027ec.IResolvable]] = None,
    default_endpoint_settings: typing.Optional[typing.Union[ProjectDefaultEndpointSettings, typing.Dict[builtins.str, typing.Any]]] = None,
    enable_logical_replication: typing.Optional[builtins.str] = None,
    hipaa: typing.Optional[builtins.str] = None,
    history_retention_seconds: typing.Optional[jsii.Number] = None,
    maintenance_window: typing.Optional[typing.Union[ProjectMaintenanceWindow, typing.Dict[builtins.str, typing.Any]]] = None,
    name: typing.Optional[builtins.str] = None,
    org_id: typing.Optional[builtins.str] = None,
    pg_version: typing.Optional[jsii.Number] = None,
    quota: typing.Optional[typing.Union[ProjectQuota, typing.Dict[builtins.str, typing.Any]]] = None,
    region_id: typing.Optional[builtins.str] = None,
    store_password: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__491d05e48e40ac3810907d9c68d718278943e1c5bb65210d103bddd955d7bc19(
    *,
    autoscaling_limit_max_cu: typing.Optional[jsii.Number] = None,
    autoscaling_limit_min_cu: typing.Optional[jsii.Number] = None,
    suspend_timeout_seconds: typing.Optional[jsii.Number] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__3f057bf6dd09f5f6a91b1b0e6cc58d7930031a93ff2447a528bec76c7f22fea0(
    terraform_resource: _cdktf_9a9027ec.IInterpolatingParent,
    terraform_attribute: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__9afc434c594295b405b54c7365de0594ced55b92addedccebfc6141807421d72(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__48c3a0ee3154b60bf938ead18486416213927b9727c5b44a87dc9d920ed5c3d3(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__97560958be3dec9a25c02c5382c8648af86074ad1b433101a25c14d3b231c702(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__71c71f26ca0a826159b8720c64d00bf0a63ecea53451735865872a583f7c50b7(
    value: typing.Optional[ProjectDefaultEndpointSettings],
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__34c05df1d18fc584b47a9eed9fc0c898825c5753a16bf99df84b5fd54f815b71(
    *,
    end_time: builtins.str,
    start_time: builtins.str,
    weekdays: typing.Sequence[jsii.Number],
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__e150c4ea4c9a1611dd69b55c0c3787123b36b716f7d45e23352621dae6ec04b3(
    terraform_resource: _cdktf_9a9027ec.IInterpolatingParent,
    terraform_attribute: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__861c9cf4e6eba61f865b2ac6a79f1f7a48d4882f1e3d66d8b0f39298779180ef(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__8c8e6b8a8b1d7572ba25174d0bc6c8ff0673ca56c2425176e09219866a879201(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__462fbc53ae8ea46dd9e218f6241b69c146da46fd41e2dbe320bfdb2f44944f5b(
    value: typing.List[jsii.Number],
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__37757c0685632e5744e1737d1cde8fed98d547c58fc5e726f8158c58f80e8c3b(
    value: typing.Optional[ProjectMaintenanceWindow],
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__2905a8a2b447191e263bacf1f98cf5de35ffb88fa70f09c82b5296fe132dc5f2(
    *,
    active_time_seconds: typing.Optional[jsii.Number] = None,
    compute_time_seconds: typing.Optional[jsii.Number] = None,
    data_transfer_bytes: typing.Optional[jsii.Number] = None,
    logical_size_bytes: typing.Optional[jsii.Number] = None,
    written_data_bytes: typing.Optional[jsii.Number] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__4df407fdcf145fd9f1240b559e46557a2e6f27243d42e15860e03c0bdd86d7c0(
    terraform_resource: _cdktf_9a9027ec.IInterpolatingParent,
    terraform_attribute: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__faf1509220a807fdc81e3ce7f50b92a42a0d123ae13ecb33a01198f72be31935(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__d2666f83ef4a92391735dddd033972f5f7570fffeb72877b0348d2b0ac4daad6(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__a1f0cd49b5d4700f7d157b397bca361430b3a265386c707ca96b9e36bdf55252(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__c7826bf0feb5fa1d9570e88d80dad2f23f8ea566a462b9230cb47ecc5d5c5c79(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__14eab836d03ef75d457c49cedb524d1bb896ec293e654cda255d4de756418571(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__64e2a3089e1b4ddfcf13be98866426ac882801aa11e52db50474a33fb8560273(
    value: typing.Optional[ProjectQuota],
) -> None:
    """Type checking stubs"""
    pass
