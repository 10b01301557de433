import { fakeAws, NEVER_ABORTED, SCOPE } from "../testing/fake-aws.ts";
import { ec2Answer, ec2Error, ssmAnswer, ssmError } from "../testing/fake-transport.ts";

const PARAMETER = "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base";
const IMAGE = "ami-0123456789abcdef0";
const image = ec2Answer(
  "DescribeImages",
  `<imagesSet><item><imageId>${IMAGE}</imageId><imageOwnerId>801119661308</imageOwnerId><imageOwnerAlias>amazon</imageOwnerAlias></item></imagesSet>`,
);

test("a public parameter is resolved to an image with its owner, once a day", async () => {
  const { aws, clock, transport } = fakeAws(({ operation }) =>
    operation === "GetParameter" ? ssmAnswer({ Parameter: { Value: IMAGE } }) : image,
  );
  const ask = () => aws.images.resolve(SCOPE, { ssmParameter: PARAMETER }, NEVER_ABORTED);
  expect(await ask()).toEqual({ kind: "read", imageID: IMAGE, ownerID: "801119661308", ownerAlias: "amazon" });
  await clock.advance(23 * 3_600_000);
  await ask();
  expect(transport.seen.map(({ operation }) => operation)).toEqual(["GetParameter", "DescribeImages"]);
});

test("what is wrong with the image is a reason, never a guess", async () => {
  const rows = [
    [ssmError("ParameterNotFound"), image, "ImageParameterNotFound"],
    [ssmAnswer({ Parameter: { Value: "not-an-image" } }), image, "ImageParameterInvalid"],
    [ssmAnswer({ Parameter: { Value: IMAGE } }), ec2Error("InvalidAMIID.NotFound"), "ImageNotFound"],
    [ssmAnswer({ Parameter: { Value: IMAGE } }), ec2Answer("DescribeImages", "<imagesSet/>"), "ImageNotFound"],
  ] as const;
  for (const [parameter, images, reason] of rows) {
    const { aws } = fakeAws(({ operation }) => (operation === "GetParameter" ? parameter : images));
    expect(await aws.images.resolve(SCOPE, { ssmParameter: PARAMETER }, NEVER_ABORTED)).toMatchObject({
      kind: "failed",
      failure: { class: "Permanent", reason },
    });
  }
});
