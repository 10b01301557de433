"""A client that knows nothing of this project drives the simulated world: launch, list, command, terminate.

Usage: check.py <endpoints file that `cloudsync-world serve` wrote>
Prints one line a check and the counts; exits 1 when one fails.
"""

import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

WINDOWS = "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base"
WAIT_SECONDS_MAX = 60

passed = 0
failed = 0


def check(sentence, holds, seen=None):
    global passed, failed
    if holds:
        passed += 1
        print(f"ok    {sentence}")
    else:
        failed += 1
        print(f"FAIL  {sentence}; seen: {seen!r}")


def wait_for(read, is_done):
    """Reads until it is done or the bound is reached; returns the last reading."""
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while True:
        reading = read()
        if is_done(reading) or time.monotonic() > deadline:
            return reading
        time.sleep(0.2)


def code_of(call):
    try:
        call()
        return "ok"
    except ClientError as error:
        return error.response["Error"]["Code"]


def main(endpoints):
    def session_of(key):
        return boto3.Session(
            aws_access_key_id=key, aws_secret_access_key="any", region_name=endpoints["region"]
        )

    session = session_of(endpoints["adminAccessKeyID"])
    config = Config(retries={"total_max_attempts": 1})
    operator = session_of(endpoints["accessKeyID"]).client("ec2", endpoint_url=endpoints["ec2"], config=config)
    ec2 = session.client("ec2", endpoint_url=endpoints["ec2"], config=config)
    ssm = session.client("ssm", endpoint_url=endpoints["ssm"], config=config)
    sts = session.client("sts", endpoint_url=endpoints["sts"], config=config)
    ds = session.client("ds", endpoint_url=endpoints["directory"], config=config)

    identity = sts.get_caller_identity()
    check("GetCallerIdentity names the account", identity["Account"] == "111122223333", identity)

    image = ssm.get_parameter(Name=WINDOWS)["Parameter"]["Value"]
    check("the public parameter names an image", image.startswith("ami-"), image)
    owner = ec2.describe_images(ImageIds=[image])["Images"][0]["ImageOwnerAlias"]
    check("the image is Amazon's", owner == "amazon", owner)

    tags = [
        {"Key": "cloudsync.dev/owner-id", "Value": "boto3"},
        {"Key": "cloudsync.dev/pool", "Value": "boto3"},
    ]
    launch = dict(
        ImageId=image,
        InstanceType="m6i.large",
        MinCount=1,
        MaxCount=1,
        ClientToken="boto3-token",
        IamInstanceProfile={"Name": "cloudsync-agent"},
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
        NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": "subnet-0c", "Groups": ["sg-0agents"]}],
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )
    first = ec2.run_instances(**launch)["Instances"][0]["InstanceId"]
    second = ec2.run_instances(**launch)["Instances"][0]["InstanceId"]
    check("the same token launches once", first == second, (first, second))
    changed = code_of(lambda: ec2.run_instances(**{**launch, "InstanceType": "m5.large"}))
    check("another type under the token is refused", changed == "IdempotentParameterMismatch", changed)
    untagged = {name: value for name, value in launch.items() if name != "TagSpecifications"}
    denied = code_of(lambda: operator.run_instances(**{**untagged, "ClientToken": "untagged"}))
    check("a launch of the operator without the ownership tag is denied", denied == "UnauthorizedOperation", denied)

    def listed():
        pages = ec2.get_paginator("describe_instances").paginate(
            Filters=[{"Name": "tag:cloudsync.dev/pool", "Values": ["boto3"]}],
            PaginationConfig={"PageSize": 5},
        )
        return [instance for page in pages for group in page["Reservations"] for instance in group["Instances"]]

    running = wait_for(listed, lambda found: [one["State"]["Name"] for one in found] == ["running"])
    check("a list by tag shows it running", [one["InstanceId"] for one in running] == [first], running)

    def nodes():
        filters = [{"Key": "InstanceIds", "Values": [first]}]
        return ssm.describe_instance_information(Filters=filters)["InstanceInformationList"]

    online = wait_for(nodes, lambda found: any(one["PingStatus"] == "Online" for one in found))
    check("Systems Manager sees the host online", bool(online) and online[0]["PlatformType"] == "Windows", online)

    command = ssm.send_command(
        InstanceIds=[first],
        DocumentName="AWS-RunPowerShellScript",
        Parameters={"commands": ["Write-Output hello"]},
        Comment="boto3",
    )["Command"]["CommandId"]

    def invocation():
        try:
            return ssm.get_command_invocation(CommandId=command, InstanceId=first)
        except ssm.exceptions.InvocationDoesNotExist:
            return {"Status": "Pending"}

    ended = wait_for(invocation, lambda one: one["Status"] not in ("Pending", "InProgress", "Delayed"))
    check("the command ends in Success", ended["Status"] == "Success" and ended["ResponseCode"] == 0, ended)

    ec2.terminate_instances(InstanceIds=[first])
    gone = wait_for(listed, lambda found: [one["State"]["Name"] for one in found] == ["terminated"])
    check("it is terminated", [one["State"]["Name"] for one in gone] == ["terminated"], gone)
    again = ec2.run_instances(**launch)["Instances"][0]
    check("the token still returns the terminated original", again["InstanceId"] == first, again)
    missing = code_of(lambda: ec2.terminate_instances(InstanceIds=["i-0123456789abcdef0"]))
    check("an unknown id is NotFound", missing == "InvalidInstanceID.NotFound", missing)
    check_directories(ds)


def check_directories(ds):
    pages = ds.get_paginator("describe_directories").paginate(PaginationConfig={"PageSize": 1})
    directories = [one for page in pages for one in page["DirectoryDescriptions"]]
    check(
        "the one directory is Active",
        [(one["DirectoryId"], one["Stage"]) for one in directories] == [("d-90670a1b2c", "Active")],
        directories,
    )
    check("its launch time is a date", directories[0]["LaunchTime"].year == 2026, directories[0]["LaunchTime"])
    pages = ds.get_paginator("describe_domain_controllers").paginate(
        DirectoryId="d-90670a1b2c", PaginationConfig={"PageSize": 1}
    )
    controllers = [one for page in pages for one in page["DomainControllers"]]
    zones = [one["AvailabilityZone"] for one in controllers if one["Status"] == "Active"]
    check("two controllers are Active in two zones", len(zones) == 2 and len(set(zones)) == 2, controllers)
    addresses = [one["DnsIpAddr"] for one in controllers]
    check("their addresses are the directory's", addresses == directories[0]["DnsIpAddrs"], addresses)
    empty = code_of(lambda: ds.describe_directories(DirectoryIds=[]))
    check("an empty list of directory ids is refused", empty == "InvalidParameterException", empty)
    try:
        ds.describe_domain_controllers(DirectoryId="d-0123456789")
        check("an unknown directory does not exist", False, "ok")
    except ds.exceptions.EntityDoesNotExistException as error:
        message = error.response["Error"]["Message"]
        check("an unknown directory does not exist", "d-0123456789" in message, message)


with open(sys.argv[1], encoding="utf-8") as file:
    main(json.load(file))
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
